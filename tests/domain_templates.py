"""Old registration templates, filled in; written for these tests after the notes on their shape."""

_HEAD = "[ Domain template ]\n\nDomain Version Number: {version}\n\n"

V1 = (
    _HEAD.format(version="1.0")
    + """\
0.   (N)ew (M)odify (D)elete: N

1.   Purpose/Description........: We sell books,
     new and old.

2.   Complete Domain Name.......: books.com
3a.  Organization Name..........: Books & Co
3b.  Organization Address.......: 1 Elm St
     Reseda, CA 91335
4.   Operational Date...........: 1 May 1995

Administrative Contact
5a.  NIC Handle (if known)......:
5b.  Name (Last, First).........: Miller, Ann
5c.  Organization...............: Books & Co
5d.  Mail Address...............: 1 Elm St
5e.  Phone Number...............: (818) 555-0100
5f.  Net Mailbox................: ann@example.org

Technical Contact
6a.  NIC Handle (if known)......: BB7-EXAMPLE

Primary Name Server
7a.  Primary Server Hostname....: ns1.books.com
7b.  Primary Server Netaddress..: 8.8.8.8
7c.  Primary Server Hardware....: SUN
7d.  Primary Server Software....: UNIX

Secondary Name Server(s)
8a.  Secondary Server Hostname..: ns2.example.net
8b.  Secondary Server Netaddress: 9.9.9.9
8c.  Secondary Server Hardware..: SUN
8d.  Secondary Server Software..: UNIX
"""
)

V2 = (
    _HEAD.format(version="2.0")
    + """\
0.   (N)ew (M)odify (D)elete....: M
1.   Purpose/Description........: Books
2.   Complete Domain Name.......: books.com
Organization Using Domain Name
3a.  Organization Name..........: Books & Co
3b.  Street Address.............: 1 Elm St
3c.  City.......................: Reseda
3d.  State......................: CA
3e.  Postal Code................: 91335
3f.  Country....................: USA
Administrative Contact
4a.  NIC Handle (if known)......: AM1-EXAMPLE
4b.  Name (Last, First).........:
Technical Contact
5a.  NIC Handle (if known)......:
5b.  Name (Last, First).........: Smith, Bob
5c.  Organization Name..........: Lines Inc
5d.  Street Address.............: 2 Oak St
5e.  City.......................: Bonn
5f.  State......................:
5g.  Postal Code................: 53111
5h.  Country....................: DE
5i.  Phone Number...............: +49 228 1234567
5j.  E-Mailbox..................: bob@example.net
Billing Contact
6a.  NIC Handle (if known)......:
Primary Name Server
7a.  Primary Server Hostname....: ns1.example.net
7b.  Primary Server Netaddress..: 8.8.8.8
Secondary Name Server(s)
8a.  Secondary Server Hostname..: ns2.example.net
8b.  Secondary Server Netaddress: 9.9.9.9
Invoice Delivery
9.   (E)mail (P)ostal...........: P
"""
)

V4 = (
    _HEAD.format(version="4.0")
    + """\
A. Introduction. You agree to everything.
1) Fees: some.

Authorization
0a.  (N)ew (M)odify (D)elete....:N
0b.  Auth Scheme................:CRYPT-PW
0c.  Auth Info..................:s3cr3tPassword

1.   Comments...................:Please hurry

2.   Complete Domain Name.......:Books.com

Organization Using Domain Name
3a.  Organization Name..........:Books & Co
3b.  Street Address.............:1 Elm St
3b.  Street Address.............:2nd floor
3c.  City.......................:Reseda
3d.  State......................:CA
3e.  Postal Code................:91335
3f.  Country....................:US

Administrative Contact
4a.  NIC Handle (if known)......:
4b.  (I)ndividual (R)ole........:I
4c.  Name (Last, First).........:Miller, Ann
4d.  Organization Name..........:Books & Co
4e.  Street Address.............:1 Elm St
4f.  City.......................:Reseda
4g.  State......................:CA
4h.  Postal Code................:91335
4i.  Country....................:US
4j.  Phone Number...............:818-555-0100
4k.  Fax Number.................:
4l.  E-Mailbox..................:ann@example.org

Technical Contact
5a.  NIC Handle (if known)......:BB7-EXAMPLE
5b.  (I)ndividual (R)ole........:R
5c.  Name (Last, First).........:Hostmaster, Night

Billing Contact
6a.  NIC Handle (if known)......:

Prime Name Server
7a.  Primary Server Hostname....:ns1.books.com
7b.  Primary Server Netaddress..:8.8.8.8

Secondary Name Server(s)
8a.  Secondary Server Hostname..:NS2.Books.com
8b.  Secondary Server Netaddress:9.9.9.9
8a.  Secondary Server Hostname..:ns3.example.net
8b.  Secondary Server Netaddress:8.8.4.4

END OF AGREEMENT
"""
)

V6 = V4.replace("4.0", "6.0")
