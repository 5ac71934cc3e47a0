"""The wordings of other languages: searched in folded text (lower case, no accents), so that everybody's typing fits. RE2.

They are whole words of their language that English does not have, or several words together. A word border of RE2 is one of
ASCII letters only: other alphabets stand between NOT_LETTER.
"""

# ruff: noqa: E501 - one wording a line reads better than a broken pattern
from __future__ import annotations

NOT_LETTER = r"(?:^|[^\pL\pM]|$)"
START = (
    r"(?:^|[.!,;:¿\n]\s*)\W*(?:hola|buenas|oi|ola|bonjour|salut|bonsoir|hallo|hi|hey|ciao|salve|merhaba|selam|hoi|czesc|halo|y|e|et|und|ma|ve"
    r"|gente|pessoal|kurze frage|une question|una pregunta|uma duvida|una domanda|bir soru)?\W*"
)
QUESTION = (
    START
    + r"(?:que|como|donde|cuando|puedo|puede|pueden|podemos|se puede|hay (?:alguna?|forma|manera)|existe|tengo que|necesito saber)\b",
    r"\b(?:cual(?:es)?|cuant[oa]s?|(?:de|en|con|para|a) que (?:\w+) |es posible|hay alguna? (?:forma|manera)|alguien sabe|por que)\b",
    START + r"(?:o que|como|onde|quando|posso|pode|podemos|da p(?:a)?ra|tem como|existe|preciso saber)\b",
    r"\b(?:qual|quais|quant[oa]s?|(?:em|de|com) que \w+ |e possivel|tem como|alguem sabe|gostaria de saber)\b",
    START + r"(?:comment|ou|quand|puis-je|peut-on|peux-tu|y a-t-il|y a t il|faut-il|est-il|c'est quoi|qui)\b",
    r"\b(?:(?:la|les?)?quel(?:le)?s?|combien|est-ce que|est ce que|qu'est-ce|peut[- ]on|puis[- ]je|pourquoi|savez[- ]vous|quelqu'un sait|possible de)\b",
    START
    + r"(?:wie|was|welche[rsnm]?|kann (?:ich|man|der|die|das|mein|es)|konnen|gibt es|wo|wann|warum|wieso|darf|muss (?:ich|man)|ist es moglich)\b",
    r"\b(?:wieviele?|wie (?:viele?|lange|gross|oft|kann|kriege|bekomme|mache)|welche[rsnm]? [a-z]+|gibt es|weiss jemand|ist es moglich|bis wann)\b",
    START + r"(?:che cosa|cosa|come|dove|quando|posso|si puo|puo|possiamo|esiste|c'e (?:un|modo)|bisogna)\b",
    r"\b(?:qual e|quale|quali|quant[oaie]|perche|si puo|e possibile|qualcuno sa)\b",
    START + r"(?:hoe|wat|welke?|waar|wanneer|waarom|kan (?:ik|je|men|het)|mag (?:ik|je)|is het mogelijk|moet ik)\b",
    r"\b(?:hoeveel|hoe lang|hoe groot|welke|weet iemand)\b",
    r"\b(?:kac|nasil|nedir|neden|nicin|hangi|hangisi|nerede|nereden|ne kadar|ne zaman|var mi|yok mu|m[iu](?:yim|yiz|sin|dir|dur)?|mumkun mu)\b",
    START + r"(?:czy|jak|jaki|jaka|jakie|ile|gdzie|kiedy|ktor[yae]|co|czemu|dlaczego)\b",
    r"\b(?:ile|jaki(?:e|ch|m)? jest|czy (?:moge|mozna|jest|da sie|trzeba)|da sie)\b",
    START + r"(?:apa|apakah|berapa|bagaimana|gimana|di mana|dimana|kapan|kenapa|mengapa|bisakah|apakah bisa|bolehkah)\b",
    r"\b(?:berapa|apakah|bagaimana caranya)\b",
    r"\b(?:bao nhieu|bao lau|lam sao|lam the nao|nhu the nao|co the .{1,60} khong|duoc khong|tai sao|vi sao|o dau|cai nao|la gi)\b",
    NOT_LETTER
    + r"(?:как|какой|какая|какое|какие|каких|каком|какую|сколько|где|куда|откуда|когда|почему|зачем|можно ли|можно|ли|что такое|кто|чем отличается)"
    + NOT_LETTER,
    r"[吗么呢]|什么|怎么|怎样|如何|多少|多久|多长|多大|几个|哪|是否|能否|能不能|可不可以|有没有|为什么",
    r"ですか|ますか|でしょうか|ませんか|何(?:分|秒|文字|件|個|人|が|を|で)|どの|どう|どれ|どちら|どこ|いつ|いくつ|いくら|なぜ|方法(?:は|を)|教えて",
    r"(?:까|나요|가요|까요|니|은지|는지|을까|ㄹ까)[?\s.]*$|얼마|어떻게|어떤|무엇|무슨|어디|언제|왜|몇 |있나요|되나요|인가요|가능한가",
    NOT_LETTER + r"(?:هل|كم|كيف|ما هو|ما هي|ما|ماذا|اين|متي|لماذا|ليش|اي)" + NOT_LETTER + r"|؟",
    NOT_LETTER + r"(?:क्या|कैसे|कितन[ाेी]|कौन|कौनसा|कहाँ|कहां|कब|क्यों)" + NOT_LETTER,
)
OF_FACT = (
    START
    + r"(?:cual(?:es)?|cuant[oa]s?|como|que|donde|cuando|puedo|puede|se puede|hay|existe|qual|quais|quant[oa]s?|o que|onde|quando|posso|pode)\b",
    START
    + r"(?:quel(?:le)?s?|combien|comment|ou|quand|peut[- ]on|puis[- ]je|est-ce que|qu'est-ce|c'est quoi|y a-t-il|faut-il)\b",
    START
    + r"(?:wie (?:viele?|lange|gross|oft|kann|mache|sende|setze)|welche[rsnm]?|was (?:ist|bedeutet|heisst|passiert)|gibt es|kann (?:ich|man)|darf|bis wann|wo|wann)\b",
    START
    + r"(?:qual e|quale|quali|quant[oaie]|come|cosa|che cosa|dove|si puo|posso|esiste|hoe|hoeveel|welke?|wat (?:is|betekent)|kan (?:ik|je)|mag)\b",
    START + r"(?:czy|jak|jaki[em]?|jaka|ile|gdzie|kiedy|ktor[yae]|co|apa|apakah|berapa|bagaimana|dimana|di mana)\b",
    r"\b(?:kac|nedir|hangi|ne kadar|ne anlama|ne demek|bao nhieu|bao lau|nghia la gi|la gi)\b",
    r"(?:^|[.!,;:\n]\s*)\W*(?:как|какой|какая|какое|какие|сколько|где|можно ли|можно|что (?:такое|значит|означает)|когда)"
    + NOT_LETTER,
    r"是什么|什么意思|多少|多久|多长|多大|几个|哪个|哪些|哪种|可以.{1,40}吗|能.{1,40}吗|とは|何ですか|いくつ|どの(?:モデル|フォーマット|形式|プラン)|何(?:分|秒|文字|件)|できますか",
    r"무엇|무슨 뜻|얼마나|몇 |어떤|가능한가요|수 있나요|" + NOT_LETTER + r"(?:كم|ما هو|ما هي|ما معني|هل يمكن\pL*)" + NOT_LETTER,
    NOT_LETTER + r"(?:कितन[ाेी]|कौन|क्या मतलब)" + NOT_LETTER,
)
COMPLAINT = (
    r"\b(?:error(?:es|i)?|erros?|erreurs?|fehler\w*|errore|fout(?:en|melding)?|hata(?:si|lar|yi|siyla)?|bl(?:ad|edy|edu|edem)|kesalahan|galat|loi)\b",
    r"\b(?:problemas?|problemes?|probleme?n?|problemi|problemy|sorun(?:u|um|lar)?|masalah|van de)\b",
    r"\bno (?:funciona|se oye|se escucha|suena|conecta|responde|contesta|puedo|me deja|llega|recibo|oigo|carga|reproduce|genera|aparece|encuentra)\b",
    r"\bnao (?:funciona|conecta|responde|consigo|toca|sai|ouco|escuto|chega|recebo|carrega|aparece|vai|esta|encontra|da certo)\b",
    r"\b(?:ne|n')\s?(?:\w+ )?(?:marche|fonctionne|repond|entends?|recois|arrive|joue|charge|trouve|connecte|parle|demarre)\w* (?:pas|plus|rien)\b|\b(?:marche|fonctionne|repond) (?:pas|plus)\b",
    r"\b(?:funktioniert|geht|klappt|antwortet|kommt|spielt|hort|hore|verbindet|reagiert|startet|findet|spricht|bekomme|kriege)(?: \w+){0,3} (?:nicht|nichts|kein|keine|keinen)\b",
    r"\bnon (?:funziona|va|si connette|risponde|sento|si sente|riesco|arriva|ricevo|parla|parte|trova)\b|\b(?:werkt|doet het|hoor|reageert|verbindt) (?:\w+ )?niets?\b",
    r"\b(?:calismiyor|calismadi|gelmiyor|cikmiyor|olmuyor|baglanmiyor|duyamiyorum|vermiyor|acilmiyor|bulunamadi|yapamiyorum|alamiyorum|calmiyor)\b|\b(?:hata|sorun) (?:aliyorum|veriyor|var)\b",
    r"\bnie (?:dziala|slychac|slysze|odpowiada|laczy|moge|udaje|gra|otrzymuje|dostaje)\b|\b(?:tidak|gak|nggak|ga) (?:berfungsi|jalan|bisa|ada suara|terdengar|muncul|merespons|menjawab)\b",
    r"\bkhong (?:hoat dong|nghe|phan hoi|ket noi|co am thanh|the|nhan duoc|chay|tra loi)\b",
    r"\b(?:se (?:cierra|corta|desconecta|cuelga|cae)|(?:se )?(?:fecha|desconecta|encerra|cai)|se (?:ferme|coupe|deconnecte)|plante|si (?:chiude|disconnette|blocca|interrompe))\b",
    r"\bbricht\b.{0,40} ab\b|\b(?:bricht ab|(?:wird|werden|wurde)(?: \w+)? (?:getrennt|geschlossen|abgelehnt|verweigert)|sturzt ab|schlagt fehl|hangt|abgebrochen|abbruche?|verbroken|kapaniyor|kesiliyor|kopuyor|rozlacza|zrywa|zamyka sie|terputus|bi (?:ngat|dong))\b",
    r"\b(?:falla|fallo|falha|falhou|echoue|echec|fallisce|fallito|fehlgeschlagen|mislukt|basarisiz|gagal|that bai|cortad[oa]|entrecortad[oa]|hache|abgehackt|rechazad[oa]|rejeitad[oa]|rifiutat[oa]|refusee?|geweigerd|reddedildi|odrzucon\w+|ditolak)\b",
    r"\b(?:sin (?:sonido|audio|voz)|sem (?:som|audio|voz)|sans son|aucun (?:son|audio)|pas de (?:son|reponse|audio)|keinen? (?:ton|antwort|audio|sprache)|nessun (?:suono|audio)|geen (?:geluid|antwoord)|ses yok|brak (?:dzwieku|odpowiedzi))\b",
    r"\b(?:por que (?:se|me|no|mi|el|la|da|sale|aparece|nao|meu|minha|o|a)|pourquoi (?:je|j'|mon|ma|mes|la|le|l'|ca|est-ce)|warum (?:ist|wird|bekomme|kommt|geht|funktioniert|hort|bricht)|perche (?:non|il|la|mi|ricevo)|waarom|dlaczego|kenapa|mengapa|tai sao|neden)\b",
    NOT_LETTER
    + r"(?:ошибк\pL*|проблем\pL*|не (?:работа|слыш|отвеча|подключа|могу|получа|приход|удается|загружа|воспроизвод|говор)\pL*|нет (?:звука|ответа|аудио)|падает|обрыва\pL*|рвется|закрыва\pL*|отключа\pL*|почему|молчит|зависа\pL*)",
    r"错误|报错|出错|出问题|失败|崩溃|断开|断线|掉线|关闭了|被关闭|没有声音|没声音|没有音频|听不到|没反应|没有回应|收不到|不工作|不能用|用不了|连不上|无法|卡住|卡顿|中断|为什么",
    r"エラー|失敗|切れ(?:る|ます|て|ました)|切断さ|閉じ(?:る|ら|て)|落ち(?:る|ます|て)|出ません|出ない|聞こえ(?:ない|ません)|鳴らない|鳴りません|動(?:かない|きません)|返って(?:こない|きません)|つながらない|繋がらない|できません|できない|止ま(?:る|り|って)|おかしい|なぜ|困って",
    r"오류|에러|실패|끊(?:겨|어|기|김)|안 ?(?:돼|되|나와|나요|들|나옵|됩)|작동하지|응답(?:이 없|하지)|들리지|연결(?:이 안|되지)|소리가 (?:안|나지)|멈춰|멈춥|왜|튕",
    NOT_LETTER
    + r"(?:ال)?(?:خطا|اخطاء|مشكله|مشاكل)"
    + NOT_LETTER
    + r"|لا (?:يعمل|تعمل|يوجد صوت|اسمع|يرد|يستجيب|يتصل)|ينقطع|انقطع|يغلق|تغلق|فشل|لماذا|ليش",
    r"त्रुटि|एरर|समस्या|दिक्कत|काम नहीं|नहीं (?:चल|आ|हो|सुन|मिल|बोल)|सुनाई नहीं|बंद हो|कट (?:हो|जा)|डिस्कनेक्ट|फेल|विफल|क्यों",
)
EXPERIENCE = (
    r"\b(?:me (?:sale|da|aparece|devuelve|salta|tira)|recibo|obtengo|estoy (?:recibiendo|teniendo)|mi (?:agente|conexion|llamada|websocket|codigo|script|bot) (?:se|no|da|falla))\b",
    r"\b(?:estou (?:recebendo|tendo|com)|recebo|aparece|(?:meu|minha) \w+ (?:nao|fecha|cai|da|para|desconecta|falha))\b",
    r"\b(?:je (?:recois|n'arrive|obtiens)|j'(?:ai|obtiens)|(?:mon|ma|mes) \w+ (?:ne|se|s'|n'|plante|renvoie)|bekomme ich|ich (?:bekomme|kriege|erhalte|hore|sehe)|(?:mein|meine) \w+ (?:geht|funktioniert|bricht|antwortet|hort|wird))\b",
    r"\b(?:ricevo|ottengo|mi (?:da|appare|restituisce)|il mio \w+ (?:non|si)|la mia \w+ (?:non|si)|ik krijg|krijg ik|mijn \w+ (?:werkt|doet|sluit)|aliyorum|veriyor|dostaje|otrzymuje|moj \w+ nie|saya (?:mendapat|dapat)|toi (?:bi|nhan))\b",
    r"\b(?:por que|pourquoi|warum|wieso|perche|waarom|dlaczego|kenapa|mengapa|tai sao|neden|niye)\b",
    NOT_LETTER
    + r"(?:у меня|получаю|выдает|вылетает|почему|мой|моя)"
    + NOT_LETTER
    + r"|为什么|我(?:的|遇到|收到|一直)|总是|なぜ|どうして|してしまい|なってしま|困って|왜|자꾸|계속|제 |"
    + NOT_LETTER
    + r"(?:لماذا|ليش|يظهر|تظهر|احصل)"
    + NOT_LETTER
    + r"|क्यों|मेर[ाेी]|आ रहा",
)
THANKS = (
    r"^\W*(?:(?:muchas|mil) gracias|gracias|(?:muito )?obrigad[oa]|valeu|merci|vielen dank|danke(?:schon)?|grazie(?: mille)?|(?:heel erg )?bedankt|dank je|tesekkur\w*|sagol\w*|eyvallah|dzieki|dziekuje|terima kasih|makasih|cam on|perfecto|perfeito|perfetto|parfait|perfekt|genial gracias)\b",
    r"^\W*(?:спасибо|благодарю|спс|谢谢|多谢|感谢|ありがとう|助かりました|감사|고마워|고맙|شكرا|धन्यवाद|शुक्रिया)",
)
SOLVED = (
    r"\b(?:resuelto|solucionado|resolvido|gelost|risolto|opgelost|cozuldu|rozwiazane|deu certo|funcionou|funciono|valeu,? funciona)\b",
    r"\b(?:ya funciona|ahora (?:si )?funciona|agora (?:sim )?funciona|ca marche(?: maintenant)?|maintenant ca marche|geht (?:jetzt|wieder)"
    r"|funktioniert (?:jetzt|wieder)|jetzt (?:geht|funktioniert)|ora funziona|werkt (?:nu|weer)|simdi calisiyor|dziala (?:juz|teraz)|juz dziala"
    r"|sudah (?:bisa|jalan)|da (?:chay|duoc))\b",
    r"заработало|решено|теперь работает|解决了|可以了|好了|解決しました|直りました|動きました|해결|잘 됩니다|ठीक हो गया",
)
DENIAL = (
    r"^\W*(?:no\W+)?(?:no es eso|no era eso|nao e isso|nao era isso|non e quello|non e questo|ce n'?est pas ca|c'?est pas ca)\b",
    r"^\W*(?:nein\W+)?(?:das ist es nicht|das war es nicht|daran liegt es nicht|daran liegts nicht|dat is het niet|to nie to|bu degil|sorun bu degil)\b",
    r"^\W*(?:нет\W+)?(?:это не то|дело не в этом)|^不是这个|^それではない|^違います",
)
