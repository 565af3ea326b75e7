"""English: phrases of thanks and content, and the lines that announce quoted mail."""

from regard.text.lexicon import Lexicon

THANKS = [
    Lexicon(
        "en",
        {
            "thanks": """
                (thanks|thank you|thank u|thankyou|thx|thnx|tnx|thanx|thankx|ty|tysm|tyvm|tq|
                  cheers|ta);
                [many|much|special] thanks; thanking you; thank you both; thank you all; thanks
                  all;
                (much|really|greatly|truly|very much|so|i|we|it is|its) appreciated;
                [i|we] [really|very much|truly|do|so] appreciate (it|that|this|(your|the|all
                  your|all the) (help|assistance|support|effort|time|quick response|quick
                  responses|quick reply));
                [i am|im|we are|were] [so|very|really|truly|most] (grateful|thankful);
                [i|we] [just] (want|wanted|would like|wish) to say [a] [many|big|huge] (thanks|
                  thank you);
                [i|we] [just] (want|wanted|would like|wish) to thank (you|everyone|you all|the
                  team|your team);
                [a] (big|huge|million|thousand) (thanks|thank you);
                (many|much) obliged; a (million|thousand) thanks; god bless [you]; bless you;
                you [guys|all|folks|people] [are|r] [the|a|so|just|really] [absolute|real|total]
                  (best|great|awesome|amazing|wonderful|star|stars|legend|legends|lifesaver|
                  brilliant|fantastic);
                youre [the|a|so|just|really] [absolute|real|total] (best|great|awesome|amazing|
                  wonderful|star|legend|lifesaver|brilliant|fantastic);
                you rock; [received|noted] with thanks;
            """,
            "tail": """
                [so|very] [very] much; kindly; a lot; a million; a ton; loads; again; once
                  (again|more); indeed; ever so much;
                [to|with] (you|u|you all|you both|all|everyone|all of you|the team|the whole
                  team|your team);
                [and|to] [you and] your (team|colleague|colleagues);
                for [all] [of] [your|the|ur|this|that|such] [very|so] [kind|great|quick|fast|
                  prompt|excellent|amazing|super|swift|speedy|wonderful|fantastic|rapid|
                  immediate|lovely] (help|assistance|support|response|reply|replies|answer|
                  answers|service|info|information|update|explanation|clarification|effort|
                  efforts|work|time|kindness|advice|turnaround|resolution|solution|confirmation|
                  patience|fix|feedback|message);
                for (it|that|this|everything|helping|helping [me|us] [out]|letting (me|us) know|
                  replying|responding|the (quick|fast|prompt) [and] (friendly|helpful|kind)
                  (help|reply|response|service|support)|getting back [to (me|us)]|sorting (it|
                  this|that|everything|it all) [out] [for (me|us)]|fixing (it|this|that) [for
                  (me|us)]|resolving (it|this|that|the issue|the problem|my issue|my problem)|
                  solving (it|this|that|the issue|the problem|my issue|my problem)|your help and
                  (support|patience|kindness|time)|being so (kind|helpful|patient|quick));
                for [the|your|such] [very] (quick|fast|prompt|swift|speedy) [and|so] [kind|
                  helpful|friendly] [fix|action|resolution|turnaround|one];
                (so|very) quickly; [so|very] (quick|fast|promptly); [from|for] (me|us|all of us|
                  both of us);
            """,
            "glad": """
                [yes|yep|yeah|yup] [and|now] (it|that|this|everything|all|it all|all of it) [now|
                  all|just|finally] [is|seems to be|appears to be] [now|finally] (works|worked|
                  working) [now|again|fine|perfectly|great|well|like a charm|as expected|as it
                  should|for me|properly|correctly] [now|again|for me];
                (it|that|this) (has|did) [now] (worked|the trick|it|fixed it|solved it|helped|the
                  job);
                (it|its|it is|everything|all|that|this|thats|that is|the issue|the problem|issue|
                  problem|my problem|my issue|matter|the matter|this issue|this problem) [is|has
                  been|was|got|have been|has now been|is now] [now|all|finally] (fixed|solved|
                  resolved|sorted|sorted out|back to normal|up and running) [now|again|for me|
                  then];
                (everything|all|the issue|the problem|the matter) [is|has been|was|is now] [now|
                  all|finally] (good|fine|ok|okay|well|clear|perfect|in order|done|settled) [now|
                  again|for me|then];
                (it|its|it is|that|this|thats|that is) [is|has been] [all] (good|fine|ok|okay|
                  clear|perfect|well) (now|again);
                all (good|fine|sorted|fixed|solved|resolved|clear|set|done|working|ok|okay)
                  [here] [now|again|then]; (sorted|fixed|solved|resolved) [now];
                (works|worked|working) [now|again|fine|perfectly|great|well|like a charm|as
                  expected|for me|a treat] [now|again|for me];
                (that|this|it|you) [has|have] [really|just|totally|finally] (helped|fixed it|
                  solved it|sorted it|did it|solved my problem|fixed my problem|fixed the
                  problem|fixed the issue|solved the problem|solved the issue|did the trick|
                  answers my question|answered my question);
                [i|we] [have|ve|just|finally] (got|received) (it|the (package|parcel|order|
                  refund|money|email|replacement|invoice|item|code|file)|my (package|parcel|
                  order|refund|money|email|replacement|invoice|item|code|money back)) [now|today|
                  safely|this morning];
                [my|the] (package|parcel|order|refund|money|email|replacement|invoice|item|code)
                  [has|just|have] [just|now|finally] (arrived|come|came|landed|got here) [now|
                  today|safely|here|this morning];
                got it [now]; received [it] [now]; [i|we] now (understand|understood);
                  understood; crystal clear; makes sense [now];
                (i am|im) [now] able to (log|sign|get) (in|on) [now|again]; [now] i can [now]
                  (log|sign|get) in [again|now];
                (problem|issue|case|mystery) (solved|resolved|fixed|closed|sorted); [i|we] fixed
                  it;
                (i am|im|we are) [so|very|really|extremely] (happy|pleased|satisfied|delighted|
                  glad|impressed) [now|with (it|that|this|the service|your service|the result|the
                  solution|the outcome|the help|your help|the resolution)];
                happy (customer|bunny|days); (back|up) [and] (online|running) [again|now];
            """,
            "praise": """
                ok; okay; okey; k; okie; alright; right; great; super; perfect; excellent;
                  awesome; brilliant; amazing; fantastic; wonderful; lovely; cool; nice; good;
                  fab; fabulous; superb; marvellous; splendid; sweet; yay; wow; phew; hooray;
                  hurray; noted; aha; ah; oh; woohoo; well done; top; magic;
                (sounds|looks|is|thats|that is|this is|its|it is|that was|it was|this was|all)
                  [just|so|very|really|absolutely] (great|good|perfect|fine|excellent|awesome|
                  brilliant|amazing|fantastic|wonderful|lovely|cool|nice|clear|helpful|kind|
                  quick|fast|super) [of you|news|to hear];
                [what|such] [a|an|very|really] (great|good|excellent|awesome|brilliant|amazing|
                  fantastic|wonderful|lovely|fast|quick|super|perfect|kind|nice|top) [customer]
                  (service|support|help|job|work|response|team|news|stuff|solution|answer|result|
                  advice|explanation|people|person|guys);
                i understand; very (good|nice|helpful|kind|clear|quick|fast); so (kind|nice|
                  helpful|quick|fast) [of you]; how (kind|nice|lovely) [of you]; kind of you;
                [you have|youve|you|you were|youre|you are] [all|both|been] [so|very|really|
                  extremely|super|most|a great|such a] (helpful|kind|great|quick|patient|help|
                  great help|a (big|great|huge) help);
                no (problem|problems|worries|prob); thats all [i needed|for now]; that is all [i
                  needed|for now]; exactly what i (needed|wanted);
                [very|really|much] impressed; great stuff; job done; keep up the (good|great)
                  work; keep it up; love it;
                as always; as ever; at last; finally; what a relief; so; then; now; and; also;
                  very [much] helpful;
            """,
            "hello": """
                (hi|hello|hey|hiya|dear|good (morning|afternoon|evening|day)|greetings|hi there|
                  hello there|hey there);
            """,
            "title": """
                [dear] (mr|mrs|ms|miss|dr|sir|madam|maam|team|all|guys|folks|everyone|support|
                  customer (service|support|care)|sir (or|and) madam|mate|man|bro|dude|buddy|
                  friend|friends|my friend|there|support team|helpdesk|service desk);
            """,
            "bye": """
                [with] [my|our] [best|kind|kindest|warm|warmest] [and] (regards|wishes); regards;
                  rgds; br; kr; best; sincerely; yours (sincerely|truly|faithfully); sincerely
                  yours; respectfully; yours; warmly; cheers; all the best; take care; bye;
                  goodbye; bye bye; see you; xx; xxx; x; xo; xoxo;
                [and|i hope you] [please] [have|wishing you|enjoy] [a|an|the|your] [very|rest of
                  your|rest of the] [great|good|nice|lovely|wonderful|pleasant|fantastic|awesome|
                  happy|blessed|super] (day|weekend|evening|week|afternoon|night|one|morning|
                  holiday|day ahead|rest of the day|rest of your day) [too|everyone|all|ahead];
                (happy|merry) (new year|christmas|easter|holidays|friday); same to you; you too;
                  stay safe;
                speak soon; good (luck|night);
            """,
        },
        against="""
            not no never but however although though yet still unfortunately nothing none nobody
              without please kindly can could would should need want must when why how what where
              which who dont doesnt didnt cant cannot couldnt isnt arent wasnt wont havent hasnt
              hadnt nope nor advance waiting wait await awaiting until unless except instead
              nevertheless wrong broken bad refund cancel complaint complain problem issue error
              fail failed failing useless terrible awful worst joke ridiculous disappointed
              disappointing again hope hopefully send call check tell give asap urgent pending
              expected looking forward soon later tomorrow update reopen idiot idiots clowns
              morons thieves crooks scammers liars jokers losers sarcasm gee yeah sorry obama
              trump
        """,
        courteous="i im",
    )
]
QUOTES = [r"on .{4,250} (?:wrote|writes)\s*:"]
CUTS = [
    r"-+\s*(?:original message|forwarded message|original appointment)\s*-*",
    r"begin forwarded message:",
    r"#+-?\s*please (?:type|write) your reply above this line.*",
]
SENDERS = [r"from\*?\s*:.*"]
DEVICES = [
    r"sent (?:from|via|with|using) {device}",
    r"get outlook for .*",
    r"\[cid:\S*",
    r"[_=*-]{5,}",
]
