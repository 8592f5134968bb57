"""The words that hold a request together: events and their objects, structure, filler, vague words.

A word without a measure ("hot", "recent") is listed so that it is asked about, never guessed.
"""

from __future__ import annotations

__all__ = ["COMPANIONS", "EVENTS", "LANGUAGES", "OBJECTS", "STRUCTURE", "VAGUE"]


EVENTS: tuple[tuple[str, str, str], ...] = (
    # type, form (verb: any finite form; noun: something to have), names
    ("email_open", "verb", "opened|open|opens|opening|read"),
    ("email_open", "noun", "email open|email opens|open|opens|opening|openings"),
    ("email_click", "verb", "clicked|click|clicks|clicking|clicked on|click on|clicked "
                            "through|click through|clicking on"),
    ("email_click", "noun", "email click|email clicks|click|clicks|clickthrough|clickthroughs"),
    ("page_view", "verb", "viewed|view|views|viewing|visited|visit|visits|visiting|looked at|"
                          "look at|browsed|saw|seen|been on|went to|been to"),
    ("page_view", "noun", "page view|page views|pageview|pageviews|page visit|page visits|"
                          "visit|visits|web visit|website visit|website visits"),
    ("form_submit", "verb", "submitted|submit|submits|submitting|filled in|fill in|filled "
                            "out|fill out|filling in|filling out|filled|completed"),
    ("form_submit", "noun", "form submission|form submissions|submission|submissions|form "
                            "fill|form fills"),
    ("webinar_registered", "verb", "registered|register|registers|registering|registered for|"
                                   "register for|registering for|signed up for|sign up for|"
                                   "enrolled in"),
    ("webinar_registered", "noun", "webinar registration|webinar registrations|registration|"
                                   "registrations"),
    ("webinar_attended", "verb", "attended|attend|attends|attending|joined|join|joining|"
                                 "participated in|took part in|take part in|came to|come to|"
                                 "showed up|show up|showed up to|show up to|showed up for|"
                                 "show up for|been at|turned up|turn up|turned up to|turn up to|"
                                 "turned up for|turn up for|turned up at|turn up at|showed up at|"
                                 "show up at"),
    ("webinar_attended", "noun", "webinar attendance|webinar attendances|attendance"),
    ("unsubscribed", "verb", "unsubscribed|unsubscribe|unsubscribes|opted out|opt out|opted-out"),
    ("unsubscribed", "noun", "unsubscribe|unsubscribes|unsubscription|opt-out|opt-outs"),
    ("bounced", "verb", "bounced|bounce|bounces|hard bounced|soft bounced"),
    ("bounced", "noun", "bounce|bounces|bounced email|bounced emails"),
    ("complaint", "verb", "complained|complain|complains|marked us as spam|reported us as "
                          "spam|marked as spam|marked an email as spam|reported spam|filed a "
                          "complaint|made a complaint"),
    ("complaint", "noun", "complaint|complaints|spam complaint|spam complaints|spam report|"
                          "spam reports"),
    ("email_sent", "verb", "received|receive|receives|were sent|was sent|been sent|were "
                           "emailed|been emailed|got|we sent|we emailed|emailed|mailed|were "
                           "mailed|been mailed|we mailed|get"),
    ("email_sent", "noun", "email sent|emails sent|sent email|sent emails|sent"),
)  # fmt: skip

OBJECTS: dict[str, str] = {
    "email": "email_open email_click email_sent bounced complaint unsubscribed",
    "mail": "email_open email_click email_sent bounced complaint unsubscribed",
    "e-mail": "email_open email_click email_sent bounced complaint unsubscribed",
    "message": "email_open email_click email_sent",
    "newsletter": "email_open email_click email_sent unsubscribed",
    "campaign": "email_open email_click email_sent",
    "link": "email_click", "page": "page_view email_click", "web page": "page_view email_click",
    "website": "page_view", "site": "page_view", "web site": "page_view", "webpage": "page_view",
    "form": "form_submit", "webinar": "webinar_registered webinar_attended",
}  # fmt: skip
"""Things events happen to -> the event types that go with them."""

LANGUAGES: dict[str, str] = {
    "german": "de", "french": "fr", "english": "en", "spanish": "es", "italian": "it",
    "dutch": "nl", "portuguese": "pt", "polish": "pl", "swedish": "sv", "danish": "da",
    "norwegian": "no", "finnish": "fi", "czech": "cs", "hungarian": "hu", "romanian": "ro",
    "greek": "el", "turkish": "tr", "russian": "ru", "ukrainian": "uk", "arabic": "ar",
    "hebrew": "he", "hindi": "hi", "japanese": "ja", "chinese": "zh", "korean": "ko",
    "thai": "th", "vietnamese": "vi", "indonesian": "id", "bulgarian": "bg", "croatian": "hr",
    "slovak": "sk", "slovenian": "sl", "estonian": "et", "latvian": "lv", "lithuanian": "lt",
    "catalan": "ca", "deutsch": "de", "francais": "fr", "espanol": "es",
}  # fmt: skip

STRUCTURE: dict[str, str] = {
    "people": "people|person|"
              "persons|contact|contacts|everyone|everybody|anyone|anybody|"
              "someone|somebody|folks|individuals|recipients|records|those|ones|them|the "
              "rest|kontakte|personen|humans|the ones|ppl|folk|peeps|everyone's|"
              "professionals|staffers|guys|names",
    "company": "company|companies|account|accounts|organisation|organisations|organization|"
               "employer|organizations|firm|firms|business|businesses|employers|corporation|"
               "corporations|enterprise account|unternehmen|firmen|vendors and",
    "deal": "deal|deals|sales deal|sales deals",
    "or": "or|nor|and/or|or else|oder|ou",
    "and": "and|&|+|as well as|plus|together with|and also|und|et",
    "but": "but|yet|though|although|while|and yet",
    "not": "not|isn't|aren't|wasn't|weren't|haven't|hasn't|hadn't|didn't|don't|doesn't|never|"
           "no|not one|not even one|not a single|not even a single|not one single|non|"
           "neither|without ever|"
           "won't|cannot|can't|has never|have never|isnt|arent|"
           "havent|hasnt|didnt|dont|doesnt|wasnt|werent|none|outside|outside of|not from "
           "within",
    "except": "except|unless they are|unless they're|unless they|no one|"
              "nobody|no-one|noone|but nobody|but no one|"
              "except for|excluding|exclude|excl|other than|apart from|minus|leaving "
              "out|leave out|with the exception of|but not those|aside from|bar|barring|save "
              "for|omit|omitting|skip|skipping|excepting|but without|ignoring|ohne|sauf|"
              "filter out|take out|ruling out|leaving aside|not including|don't include|do "
              "not include|dont include|not counting|remove|and exclude|drop",
    "who": "who|that|which|whom|and who|if they|provided they|provided that they|as long as they",
    "where": "where|if|provided|provided that|as long as",
    "whose": "whose|where the|where their|and whose|their",
    "with": "with|having|w/|carrying|showing|that come with|mit|avec",
    "without": "without|w/o|lacking|missing|with no|with missing|with unknown|having no|"
               "minus any|free of|no known|with blank|with empty|with an empty|with a "
               "missing|who lack|who miss|lack|lacks",
    "have": "have|has|had|having had|with at least having|got a|have got|has got",
    "be": "are|is|were|was|be|being|been|have been|has been|they're|who're",
    "did": "did|do|does|will|would",
    "in": "in|inside|across|anywhere in|everywhere in|all over|all across|"
          "anywhere across|based in|located in|living in|live in|lives in|residing in|who "
          "live in|situated in|within|throughout|out of|sitting in|im|aus|in der|en|au|from "
          "within|based out of|resident in",
    "hq": "headquartered in|with headquarters in|hq in|with hq in|with a headquarters in|"
          "headquarters in",
    "from": "from|coming from|originating from|hailing from",
    "at": "at|working at|work at|works at|working for|work for|works for|employed at|"
          "employed by|who work at|who work for|bei|chez|belonging to|belong to|that work at|"
          "working in|work in|works in|worked at|worked for",
    "on": "on|on the|member of|members of|are on",
    "of": "of|de|von|among|amongst|within our",
    "for": "for|responsible for|in charge of|leading|running",
    "by": "by",
    "sourced": "came from|come from|came in from|came in through|came in via|came through|"
               "came via|sourced from|sourced via|sourced through|sourced by|"
               "generated from|acquired by|"
               "acquired in|originating in|we got from|we acquired from|"
               "we acquired through|acquired through|acquired "
               "via|acquired from|generated by|generated through|that came from|via|through|"
               "coming through|who came from|originated from|came to us through|came to us "
               "via|come through|come via|found us through|found us via|arrived via|arrived "
               "through|come in through|come in via",
    "owned": "owned by|assigned to|belonging to owner|whose owner is|owner is|looked after "
             "by|managed by|handled by",
    "created": "created|added|joined our database|were created|was created|were added|got "
               "added|created on|added to the crm|added to crm|new since|entered the crm|"
               "added to our crm|added to the database|joined the database|joined the crm|"
               "joined our crm|came in|came into the crm|got created|entered the database|"
               "entered our crm|create date|date created|date added",
    "updated": "updated|modified|last modified|last updated|changed|edited",
    "closing": "closing|due to close|expected to close|that close|which close|closes|close|"
               "will close|set to close|that closes|closed",
    "worth": "worth|valued at|with a value of|with a value|of value",
    "speaking": "speaking|speaker|speakers|-speaking",
    "speak": "speak|speaks|speak|who speak|speaking",
    "last": "last|latest|most recent|most recently",
    "random": "random|randomly|random sample|randomly chosen|randomly selected|randomized|"
              "arbitrary",
    "sample": "sample|subset|share|portion|slice",
    "contains": "contains|contain|containing|includes|include|including|mentions|mention|has "
                "the word|with the word|like",
    "starts": "starts with|start with|starting with|begins with|begin with|beginning with",
    "ends": "ends with|end with|ending in|ends in|ending with|end in",
    "is": "equals|equal to|=|==|set to|:",
    "set": "set|filled|known|present|available|given|not empty|not blank|not missing|"
           "populated|on file|on record",
    "unset": "missing|empty|blank|unknown|not set|not known|null|unset|not filled|not "
             "available|not given|not filled in|not present|absent",
    "only": "only|just|exclusively|solely",
    "list": "list|lists|static list",
    "same": "in that time|in that period|in the same period|in the same time|over that time|"
            "during that time|in that window|since then|over the same period|in this time|"
            "during that period",
    "times": "times|time|occasions|x",
    "above": "and above|or above|and up|and higher|or higher|or more senior|and more senior|"
             "upwards|level and above|level or above|level and up|and upwards|level or higher|"
             "level and higher|level or up|or up|level and upwards|and senior to that",
    "consented": "gave consent|given consent|gave us consent|consented|opted in|opted-in|"
                 "agreed to marketing|given us consent|gave permission|given permission|gave "
                 "their consent|given their consent",
    "department": "department|departments|dept|team|teams|function|field|role|roles|side|"
                  "area|professionals|specialists|job|jobs|position|positions|title|titles|"
                  "level",
    "sector": "sector|sectors|industry|industries|space|vertical|verticals|business sector",
    "open_deal": "open|active|ongoing|live|running|pending",
    "ever": "ever|at all|so far|at any time|to date|before now|up to now|already|until now|"
            "any time|any more|anymore|yet",
    "it": "it|them|one|this",
}  # fmt: skip
"""Words that hold a sentence together: kind -> names."""

COMPANIONS = (
    "i mean|that is to say|meaning|thanks a lot|thank you very much|thanks so much|"
    "many thanks|put them on a list|put them in a list|put these on a list|on a "
    "list|in a list|into a list|as a list|onto a list|in one list|make it a list|to "
    "a list|send me|send us|please|pls|kindly|hi|hello|hey|thanks|thank you|cheers|"
    "ok|okay|so|then|now|also|too|both|either|a|an|the|all|any|every|each|me|us|my|"
    "our|we|i|you|your|i'd|i'm|i'll|we'd|we're|let's|lets|can|could|want|need|"
    "would like|like to|give|show|find|make|create|build|pull|put|get me|"
    "generate|prepare|draft|set up|select|target|looking for|look for|search for|"
    "search|fetch|segment|audience|group|list of|a list of|together|up|for me|there|"
    "currently|current|presently|right now|today's|of all|in total|in our crm|in "
    "the crm|in crm|in our database|in the database|our crm|crm|database|of ours|"
    "everyone of|everybody of|collect|assemble|gather|compile|identify|give me|tell "
    "me|show me|get|to|as|being|such|specifically|namely|i.e.|actually|really|"
    "basically|simply|quickly|hello there|good morning|mailing list|segment of|"
    "audience of|group of|a group of|a segment of|an audience of|new list|a new "
    "list|new segment|a new segment|new audience|do|us all|whoever|entire|whole|"
    "complete|full|their own|his|her|its|these|this|matching|match|want to see|"
    "would like to see|try|help me|let me|our own|at the moment|at present|as of "
    "now|person's|our list of|bitte|alle|gib|mir|zeig|eine|liste|von|der|die|das|"
    "den|tous|toutes|les|des|la|le|une|un|are there|exist|existing|ever since|do we "
    "have|have we got|we've|they've|do i have|are there|is there|did we have|that "
    "we|can you|could you|would you|will you|show me all|belong to|still|originally|initially|"
    "split off|hold out|hold back|holdout of|holdout|control group of|pick out|re-engage|"
    "reengage|i'm after|we're after|putting together|pulling together|people's|that's|"
    "whether|for now|for this one|this time|altogether|inclusive|per year"
)
"""Words that carry no condition: known filler."""

VAGUE: dict[str, tuple[str, ...]] = {
    "hot|hottest|better|nice|cool|fancy|perfect|favourite|favorite|most|warm|warmest|"
    "high-intent|high intent|promising|interested|ready to buy|sales-ready|sales ready|good|"
    "great|best|top|strong|strongest|high-quality|high quality|high-value|high value|"
    "valuable|important|key|vip|vips|priority|ideal|qualified|quality|potential|relevant|"
    "suitable|right|serious|most engaged|best-fit|high-potential|likely": (
        "with a lead score of at least 80", "with an open deal", "with lifecycle stage SQL",
        "who clicked an email in the last 30 days"),
    "cold|stale|dormant|inactive|disengaged|unengaged|lapsed|asleep|sleepy|quiet|lost touch|"
    "unresponsive|idle|churned|at risk|at-risk|ex-customers|former|ex|old": (
        "who have not opened an email in the last 90 days",
        "who have not opened an email in the last 180 days",
        "who have not opened or clicked an email in the last year"),
    "engaged|active|engaging|responsive|interactive|loyal|lively|keen|engagement|interacted|"
    "engage|responded|reacted|interact|involved": (
        "who opened an email in the last 30 days", "who clicked an email in the last 30 days",
        "who opened an email in the last 90 days", "who attended a webinar in the last 90 days"),
    "recent|recently|new|newest|newly|fresh|lately|latest|of late|the other day|brand new|"
    "new-ish|newer|soon|a while|long time|for ages|in ages|some time|for a while|frequently|"
    "often|regularly|rarely|occasionally|regular|frequent|several times|many times|a lot|"
    "lots|sometimes|earlier this year": (
        "created in the last 7 days", "created in the last 30 days",
        "created in the last 90 days"),
    "big|large|larger|largest|biggest|huge|enterprise|enterprises|major|sizeable|sizable|"
    "large-scale|corporate|corporates|bigger|giant|giants|blue-chip": (
        "at companies with at least 1000 employees", "at companies with at least 500 employees",
        "at companies with annual revenue of at least 100m"),
    "small|smaller|smallest|tiny|smb|smbs|sme|smes|small business|small businesses|startup|"
    "startups|start-up|start-ups|mid-market|midmarket|mid-size|mid-sized|medium|medium-sized|"
    "mittelstand|scaleup|scaleups|scale-ups|growing|fast-growing": (
        "at companies with fewer than 50 employees", "at companies with fewer than 250 employees",
        "at companies with between 50 and 500 employees"),
    "high|higher|highest|low|lower|lowest|decent|long|short|few|several|multiple|various|"
    "certain|enough|average|significant": (
        "of at least 80", "of at least 50", "of less than 20"),
    "local|nearby|near|near us|close by|neighbouring|around here|in the area|regional|"
    "domestic|abroad|overseas|international|foreign|in the region|around": (
        "in Germany", "in the United States", "in the United Kingdom"),
    "prospects|prospect|pipeline|target accounts|target account|interested parties": (
        "leads, MQLs and SQLs", "opportunities", "people who are not customers"),
    "decision makers|decision-makers|decision maker|decisionmakers|executive|executives|"
    "execs|leaders|leadership|leader|management|senior management|senior people|senior "
    "leaders|top management|bosses|buyers|buyer|influencers|power users|users|user|champions|"
    "stakeholders|seniors|exec|management level": (
        "C-level", "VP and above", "director and above", "manager and above"),
}  # fmt: skip
"""Words without a measure -> readings to offer. They are always asked about."""
