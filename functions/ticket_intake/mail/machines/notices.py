"""The words that mail systems use: of mail that was not delivered, and of people who are away.

Only at the beginning, and whole: customers of a provider write about bounced mail themselves, and
answer and forward such notices.
"""

import re

from netdesk.lazy import lazy

_TAGS = r"(?> \s* (?: \[[^\[\]]{1,40}\] | \*{2,5}\w{1,12}\*{2,5} | \{\w{1,12}\??\} ) )* \s*+"

# What Exchange writes in front of the subject that could not be delivered, in its languages.
_UNDELIVERED = r"""
    undeliver(?:able|ed) (?:[ ](?:mail|message|e-?mail))? | (?:delivery|message)[ ]delayed
    | delivery[ ](?:failure|has[ ]failed) | message[ ](?:not[ ]delivered|undeliverable)
    | returned[ ]mail | mail[ ]delivery[ ](?:failed|failure|problem|error) | failure[ ]notice
    | postmaster[ ]notify | message[ ]delivery[ ](?:failed|failure) | permanent[ ]delivery[ ]failure
    | (?:unzustellbar | nicht[ ]zustellbar) (?:e[ ](?:mail|nachricht))?
    | non[ ]remis | non[ ]distribuable | échec[ ]de[ ]remise | no[ ]se[ ]pu(?:ede|do)[ ]entregar
    | non[ ]recapitabile | non[ ]recapitato | onbestelbaar | niet[ ]te[ ]bezorgen
    | não[ ](?:foi|é)[ ]possível[ ]entregar | niedostarczaln[ae] | nie[ ]można[ ]dostarczyć
    | oleverbart? | levererades[ ]inte | kan[ ](?:inte|ikke)[ ]lever(?:eras|es)
    | kunne[ ]ikke[ ]leveres | ei[ ]voi(?:da|tu)?[ ]toimittaa | toimittamaton
    | nedoručitelné | nelze[ ]doručit | недоставленное (?:[ ]сообщение)?
    | не[ ]уда(?:ется|ётся|лось)[ ]доставить | teslim[ ]edilem(?:edi|eyen) | iletilemedi
    | kézbesíthetetlen | ανεπίδοτο | 配信不能 | (?:配信|送信)できませんでした
    | (?:無法|无法)(?:傳遞|投遞|送達|传递|投递|送达) | 未(?:传递|送达|傳遞|送達)
    | 배달되지[ ]않음 | 배달할[ ]수[ ]없음 | 배달[ ]못[ ]함 | 전달할[ ]수[ ]없음
"""
_WHOLE = r"""
    (?: mail[ ]delivery[ ]failed | (?:mail[ ])?delivery[ ]failure | failure[ ]notice
      | undeliver(?:able|ed)(?:[ ](?:mail|message))? | (?:failed|failure)[ ]delivery
      | mail[ ]failure | unzustellbar | недоставленное[ ]сообщение
      | there[ ]was[ ]an[ ]error[ ]sending[ ]your[ ]mail ) [ .]* $
    | undelivered[ ]mail[ ]returned[ ]to[ ]sender | mail[ ]system[ ]error[ ]-[ ]returned[ ]mail
    | delayed[ ]mail[ ]\(still[ ]being[ ]retried | successful[ ]mail[ ]delivery[ ]report
    | (?:mail[ ])?delivery[ ](?:status[ ])?notification [ .]* (?: $ | [(:"-] )
    | notice:[ ]mail[ ]delivery[ ]status | mail[ ]delivery[ ]status[ ]report
    | postmaster[ ](?:copy:[ ]undelivered|warning:[ ]delayed)
    | message[ ]delivery[ ]has[ ](?:failed|been[ ]delayed) | mail[ ]failure[ ]-[ ]
    | mail[ ]delivery[ ]failed[ ]?[(\[-] | message[ ]status[ ]-[ ]undeliverable
    | warning:[ ]could[ ]not[ ]send[ ]message[ ]for[ ]past | warning[ ]-[ ]delayed[ ]mail
    | warning:[ ](?:message|e-?mail)[ ]\S{1,80}[ ]delayed | warning:[ ]delayed[ ]mail
    | undeliverable[ ]mail,[ ]mta-blocked | message[ ]frozen[ ]on[ ]arrival
    | \**message[ ]you[ ]sent[ ]blocked[ ]by | sorry,[ ]your[ ]message[ ]could[ ]not[ ]be[ ]deliver
    | (?:virus|banned)\b.{0,80}\bfrom[ ]you\b | considered[ ]unsolicited[ ]bulk[ ]email
    | complaint[ ]about[ ]message[ ]from[ ]\d | email[ ]feedback[ ]report[ ]for[ ]ip
    | loop[ ]alert:
    | 系统退信 | 系統退信 | 来自\S{1,80}的退信
"""
_BOUNCED = lazy(rf"{_TAGS} (?: (?:{_UNDELIVERED}) \s* [:\uff1a] | {_WHOLE} )", re.X | re.I)

_ANSWERS = r"""
    auto(?:matic|mated)?[- ]?(?:reply|response|answer) | vacation[ ]reply
    | automatische[ ](?:antwort|beantwortung|rückantwort) | antwort[ ]automatisch
    | réponse[ ]automatique | respuesta[ ]autom[aá]tica | risposta[ ]automatica
    | risponditore[ ]automatico | automatisch[ ]antwoord | automatische[ ]beantwoording
    | resposta[ ]autom[aáà]tica | autosvar | automatsvar | automatiskt?[ ]svar
    | automaattinen[ ]vastaus | automaattivastaus | automatyczna[ ]odpowiedź
    | odpowiedź[ ]automatyczna | autoodpowiedź | automatická[ ]odpově[dď]
    | автоматический[ ]ответ | автоответ(?:чик)? | автоматична[ ]відповідь
    | otomatik[ ](?:yan\u0131t|cevap) | automatikus[ ]válasz | răspuns[ ]automat
    | αυτόματη[ ]απάντηση | תשובה[ ]אוטומטית | رد[ ]تلقائي
    | 自動(?:応答|返信|回覆|答覆|回复) | 自动(?:答复|回复|应答|回覆) | 자동[ ]?(?:회신|응답|답장)
"""
_ABSENCES = r"""
    (?:(?:i[ ]am|i'm|i[ ]will[ ]be|currently)[ ])?out[ ]of[ ](?:the[ ]|my[ ])?office
    (?:[ ](?:reply|message|notification|autoreply|auto-reply))? | ooo
    | away[ ]from[ ](?:my[ ](?:mail|e-?mail|desk)|the[ ]office)
    | abwesenheits(?:notiz|meldung|nachricht|assistent|benachrichtigung) | abwesenheit | abwesend
    | nicht[ ]im[ ]büro | urlaubsbenachrichtigung
    | (?:absence|absente?)[ ]du[ ]bureau | (?:message|notification)[ ]d['\u2019]absence
    | fuera[ ]de[ ](?:la[ ])?oficina | mensaje[ ]de[ ]ausencia | fuori[ ](?:sede|ufficio)
    | assente[ ]dall['\u2019]ufficio | afwezig(?:heids(?:bericht|melding|assistent))?
    | niet[ ]op[ ]kantoor | fora[ ]do[ ]escritório | ausente[ ]do[ ]escritório
    | ausência[ ]temporária | poza[ ]biurem | nieobecność(?:[ ]w[ ]biurze)?
    | frånvaro(?:meddelande)? | fravær(?:smelding|sbesked)? | ikke[ ]på[ ]kontoret
    | poissa(?:olo(?:ilmoitus)?)?(?:[ ]toimistolta)? | mimo[ ]kancelář | nepřítomnost
    | вне[ ]офиса | нет[ ]на[ ]месте | в[ ]отпуске | ofis[ ]d\u0131\u015f\u0131nda
    | 不在通知 | 不在連絡 | 外出中
    | 休假通知 | 不在办公室 | 부재[ ]?중(?:[ ]?알림)? | 부재[ ]알림
"""
_AWAY = lazy(
    rf"""{_TAGS} (?: (?:{_ANSWERS}) \s* (?: $ | [:\uff1a(\[] )
      | (?:{_ABSENCES}) \s* (?: $ | [:\uff1a.!(\[\u2013-] | until\b | from\b | bis\b | till?\b )
      | auto:[ ](?:\S{{1,40}}[ ]){{1,6}}is[ ]out[ ]of[ ]the[ ]office
      | (?:\S{{1,40}}[ ]){{1,5}}(?:is[ ](?:currently[ ])?out[ ]of[ ](?:the[ ])?office
          | ist[ ](?:außer[ ]haus|nicht[ ]im[ ](?:haus|büro)e?)) [ .]* (?: $ | \( | until\b )
    )""",
    re.X | re.I,
)

# The first lines of reports whose headers were lost on their way.
_OPENING = lazy(
    r"""[\s*#=_-]* (?:hi[.!]\s+|hello,?\s+|dear[ ]sender,?\s+)? (?:
      this[ ]is[ ]the[ ](?:qmail|james|mailer-daemon|postfix[ ]program|dragonfly|mail[ ]system[ ]at)
    | this[ ]is[ ]the[ ](?:\S{1,60}[ ])?(?:deliver|mail)[ ](?:program|server)[ ]at
    | this[ ]is[ ]the[ ]mail[ ]delivery[ ](?:agent|system)
    | this[ ]message[ ]was[ ]created[ ]automatically[ ]by[ ](?:the[ ])?mail
    | this[ ]is[ ]an[ ]automatically[ ]generated[ ]delivery[ ]status[ ]notification
    | this[ ]message[ ]was[ ]undeliverable[ ]due[ ]to
    | this[ ]report[ ]relates[ ]to[ ]a[ ]message[ ]you[ ]sent
    | this[ ]is[ ]a[ ](?:delivery[ ]status[ ]notification|permanent[ ]error)
    | this[ ]is[ ]a[ ]warning[ ]message[ ]only
    | delivery[ ]to[ ]the[ ]following[ ]recipients?[ ](?:has[ ](?:been[ ])?)?(?:failed|delayed)
    | delivery[ ]has[ ]failed[ ]to[ ]these[ ]recipients
    | your[ ]message[ ](?:did[ ]not[ ]reach|(?:was|could)[ ]not[ ](?:be[ ])?delivered[ ]to)
    | your[ ]message[ ]to[ ]\S{1,64}@\S{1,254}[ ]
      (?:couldn['\u2019]t[ ]be|has[ ]been[ ]blocked|was[ ]not)
    | your[ ]mail[ ]message[ ]to[ ]the[ ]following[ ]address
    | the[ ]following[ ]message[ ]to[ ]\S{1,64}@\S{1,254}[ ]was[ ]undeliverable
    | the[ ]original[ ]message[ ]was[ ]received[ ]at
    | the[ ]message[ ]that[ ]you[ ]sent[ ]was[ ]undeliverable
    | the[ ]attached[ ]message[ ]had[ ]permanent[ ]fatal
    | a[ ]message[ ]that[ ]you[ ](?:have[ ])?sent[ ](?:could[ ]not|has[ ]not|was[ ]rejected)
    | i'm[ ]sorry[ ]to[ ]have[ ]to[ ]inform[ ]you[ ]that
    | sorry,[ ]we[ ]were[ ]unable[ ]to[ ]deliver[ ]your[ ]message
    | unfortunately,?[ ]i[ ]was[ ](?:un|not[ ])able[ ]to[ ]deliver
    | (?:unable[ ]to|could[ ]not|failed[ ]to)[ ]deliver[ ]message[ ]to[ ]the[ ]following
    | reporting-mta: | final-recipient:
    | (?:address[ ]not[ ]found|message[ ](?:blocked|not[ ]delivered)|delivery[ ]incomplete)[ ]?\*\*
    )""",
    re.X | re.I,
)


def is_bounce(subject: str) -> bool:
    """Whether it is the subject of a report that mail was not delivered."""
    return bool(_BOUNCED().match(subject))


def is_away(subject: str) -> bool:
    """Whether it is the subject of an automatic answer, mostly of somebody who is away."""
    return bool(_AWAY().match(subject))


def opens_as_a_report(text: str) -> bool:
    """Whether a text begins as reports of undelivered mail do."""
    return bool(_OPENING().match(text[:1_000]))
