"""What netdesk costs on AWS in a month: counted calls times list prices."""
