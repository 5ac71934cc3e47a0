"""Words of other languages become English words; English is left alone."""

from __future__ import annotations

import pytest
from growth import grows_faster_than_linear

from bot.diagnosis.translate import in_english, language_of, to_english
from bot.engine import Engine
from bot.knowledge.types import NO_GLOSSARY, Glossary, Language, Snapshot
from bot.reading import Reader

GERMAN = Language(
    code="de",
    common=frozenset({"die", "der", "ist", "fur", "was"}),
    words={"wie lange": "how long", "sehr langer name": "very long name", "also": "so"},
    stems={
        "zeichen": "characters",
        "anfrage": "request",
        "schlussel": "key",
        "dynamische variable": "dynamic variables",
        "limit": "limit",
    },
    parts={},
    heads=frozenset({"dynamische"}),
)
ARABIC = Language(code="ar", common=frozenset({"في"}), words={"صوت": "voice"}, stems={}, parts={}, prefixes=("وال", "ال"))
CHINESE = Language(
    code="zh",
    common=frozenset({"的"}),
    words={},
    stems={},
    parts={"的": "", "语音": "voice", "语音识别": "speech to text", "限制": "limit"},
)
HINDI = Language(code="hi", common=frozenset({"की"}), words={"आवाज़": "voice"}, stems={}, parts={})
GLOSSARY = Glossary((GERMAN, ARABIC, CHINESE, HINDI), frozenset({"websocket", "limit", "key"}))

TRANSLATIONS = [
    ("a stem with its ending", "der Schlüssel ist für Anfragen", "key request"),
    ("no accents", "der schlussel ist fur anfragen", "key request"),
    ("a phrase before its words", "wie lange ist der Schlüssel", "how long key"),
    ("the longest phrase", "ist der Schlüssel ein sehr langer Name", "key ein very long name"),
    ("a phrase that ends in a stem", "dynamische Variablen der Anfrage", "dynamic variables request"),
    ("a compound", "das Zeichenlimit der Anfrage", "das characters limit request"),
    (
        "identifiers, numbers and names",
        "wie lange ist der Schlüssel eleven_v3 v2.5 429 Twilio",
        "how long key eleven_v3 v2.5 429 twilio",
    ),
    ("an article in front", "الصوت في eleven_v3", "voice eleven_v3"),
    ("no spaces, longest first", "语音识别的限制", "speech to text limit"),
    ("no spaces, beside other letters", "websocket的语音限制", "websocket voice limit"),
    ("vowel signs and a full stop", "आवाज़ की।", "voice"),
]
ENGLISH = [
    "how long is the limit of a request?",
    "what is the also very der thing with my key",
    "websocket limit key",
    "the key",
    "der",
    "",
    "   \n",
    "🙂 12345 ---",
    "how do i make the voice say 语音 with the websocket and my key",
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in TRANSLATIONS], ids=[row[0] for row in TRANSLATIONS])
def test_words_are_translated(text: str, expected: str) -> None:
    assert to_english(text, GLOSSARY) == expected


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_left_alone(text: str) -> None:
    assert to_english(text, GLOSSARY) == text


def test_without_a_glossary_nothing_is_translated(snapshot: Snapshot) -> None:
    assert to_english("wie lange ist der Schlüssel", NO_GLOSSARY) == "wie lange ist der Schlüssel"
    reading = Reader(snapshot.profile).read("wie lange ist der Schlüssel?")
    assert in_english(reading, snapshot) is reading


def test_equal_languages_are_taken_in_the_order_of_the_glossary() -> None:
    twin = Language("xx", GERMAN.common, GERMAN.words, GERMAN.stems, GERMAN.parts)
    for languages in ((GERMAN, twin), (twin, GERMAN)):
        found = language_of("die Anfrage ist der Schlüssel", Glossary(languages))
        assert found is languages[0]


def test_no_english_text_of_the_corpus_is_taken_for_another_language(engine: Engine) -> None:
    snapshot = engine.snapshot
    texts = [text for point in snapshot.points.values() for text in (point.text, *point.questions)]
    texts += [text for cause in snapshot.causes.values() for text in (cause.summary.text, *cause.phrases)]
    texts += [engine.read(example.text).prose for example in snapshot.examples]
    taken = [(language.code, text) for text in texts if (language := language_of(text, snapshot.glossary))]
    assert taken == []


def test_every_language_of_the_corpus_is_recognised_by_its_own_words(engine: Engine) -> None:
    glossary = engine.snapshot.glossary
    sentences = {
        "es": "¿cuántos caracteres puedo enviar?",
        "pt": "quantos caracteres posso enviar?",
        "fr": "combien de caractères puis-je envoyer ?",
        "de": "wie viele Zeichen kann ich senden?",
        "it": "quanti caratteri posso inviare?",
        "nl": "hoeveel tekens kan ik versturen?",
        "tr": "kaç karakter gönderebilirim?",
        "pl": "ile znaków mogę wysłać?",
        "id": "berapa karakter yang bisa saya kirim?",
        "vi": "tôi có thể gửi bao nhiêu ký tự?",
        "ru": "сколько символов можно отправить?",
        "zh": "我可以发送多少字符？",
        "ja": "何文字まで送信できますか？",
        "ko": "몇 글자까지 보낼 수 있나요?",
        "ar": "كم عدد الأحرف التي يمكنني إرسالها؟",
        "hi": "मैं कितने अक्षर भेज सकता हूँ?",
    }
    assert [language.code for language in glossary.languages] == list(sentences)
    for code, sentence in sentences.items():
        found = language_of(sentence, glossary)
        assert found is not None, sentence
        assert found.code == code, sentence
        assert "characters" in to_english(sentence, glossary)


@pytest.mark.parametrize("unit", ["ист ", "a", "文", "الصوت", "wie lange ", "x_", "é̂", "\ud800", "-._"])
def test_hostile_text_takes_no_longer_than_its_length(engine: Engine, unit: str) -> None:
    glossary = engine.snapshot.glossary
    assert not grows_faster_than_linear(lambda size: to_english(unit * size, glossary), 2_000, 32_000)
