"""The released model: the one its card names, in its budget, and only able to raise."""

from __future__ import annotations

import json
import shutil

import pytest

from chalicelib.core.triage import SecondReading
from chalicelib.errors import ModelUnavailable
from chalicelib.second_look import TrainedLook, load_second_look
from chalicelib.second_look.encoder import ENCODER
from chalicelib.second_look.features import BUCKETS, features
from chalicelib.second_look.look import GRAVEST, RELEASED
from chalicelib.second_look.model import load_model
from chalicelib.second_look.together import MOST, Share, load_share
from chalicelib.second_look.windows import LONGEST, windows
from infra.layer import LARGEST, LayerTooLarge, layer, needed, rehearsal_layer
from tests.first_look import the_lexicon, the_screen

SCREEN = the_screen()


@pytest.fixture(scope="module")
def second():
    return load_second_look(SCREEN, the_lexicon().words)


def test_the_weights_are_those_that_the_card_names():
    model = load_model(RELEASED)
    assert len(model.weights) == BUCKETS and 0 < load_share(RELEASED).threshold < 1


@pytest.mark.parametrize("broken", ["no folder", "no card", "other weights", "too few", "no json", "other encoder", "no encoder", "no share"])
def test_a_model_that_is_not_the_released_one_is_not_used(tmp_path, broken):
    folder = tmp_path / "model"
    if broken != "no folder":
        shutil.copytree(RELEASED, folder)
    weights = folder / "weights.bin"
    if broken == "no card":
        (folder / "model.json").unlink()
    if broken == "other weights":
        weights.write_bytes(bytes([1]) + weights.read_bytes()[1:])
    if broken == "too few":
        weights.write_bytes(weights.read_bytes()[:-1])
    if broken == "no json":
        (folder / "model.json").write_text("weights")
    if broken == "other encoder":
        with (folder / ENCODER).open("ab") as file:
            file.write(b"1")
    if broken == "no encoder":
        (folder / ENCODER).unlink()
    if broken == "no share":
        (folder / "share.json").write_text("{}")
    with pytest.raises(ModelUnavailable):
        load_second_look(SCREEN, the_lexicon().words, str(folder))


SPLIT = [
    (["everyone would be", "better off if i", "was dead"], True),
    (["running late", "be there in ten"], False),
    (["thanks", "see you tuesday"], False),
]


@pytest.mark.parametrize(("texts", "pages"), SPLIT)
def test_texts_are_read_together(second, texts, pages):
    assert second.read(texts).pages is pages


def test_the_same_texts_give_the_same_reading(second):
    assert second.read(["cant do this", "anymore"]) == second.read(["cant do this", "anymore"])


@pytest.mark.parametrize("text", ["", " ", "\x00", "🖤" * 400, "a" * 20_000, "x " * 5000, "\ud800", "مرحبا كيف حالك اليوم يا صديقي"])
def test_any_text_can_be_read(second, text):
    assert 0 <= second.read([text]).probability <= 1


def test_it_cannot_lower():
    with pytest.raises(ValueError, match="only raises"):
        SecondReading(0.2, False).as_look("en")
    assert SecondReading(0.9, True).as_look("es").pages


def test_rules_that_fire_on_the_texts_as_one_decide_the_tier(second):
    reading = second.read(["i want to", "kill myself tonight"])
    assert reading.pages and reading.categories[0] == "suicide"


def test_a_long_text_is_read_in_pieces_that_begin_at_sentences():
    sentences = [f"Sentence number {at} has exactly seven words." for at in range(40)]
    pieces = windows(" ".join(sentences))
    assert all(len(piece.split()) <= LONGEST for piece in pieces)
    assert all(any(sentence in piece for piece in pieces) for sentence in sentences)
    assert all(piece.startswith("Sentence number") for piece in pieces)


def test_a_short_text_is_one_piece():
    assert windows("one two. three") == ["one two. three"]


def test_one_grave_sentence_in_a_long_text_is_not_drowned(second):
    """An encoder that was tuned anew called the pieces of forty-five words harmless: so a long text is read in short ones too."""
    calm = "The garden was nice and we had tea with my sister. " * 12
    for grave in (
        "I have the pills here and nobody would miss me", "after tonight nobody will have to take care of me anymore",
        "theyd be happier with the insurance money than with me", "he put his hands round my neck again and the kids saw it",
    ):
        assert second.score(f"{calm}{grave}. {calm}") >= second.score(grave) - 0.5


def test_a_longer_text_needs_less_up_to_a_length():
    share = Share(1, 1, 1, 0, 0.9, "")
    assert share.of(0, 0, 5) == share.of(0, 0, 12) == 0 < share.of(0, 0, 40) < share.of(0, 0, 96) == share.of(0, 0, 900)


class Asked:
    """An encoder that counts, and always says the same."""

    def __init__(self, says: float) -> None:
        self.says, self.times = says, 0
        self.texts: list[str] = []

    def score(self, text: str) -> float:
        self.times += 1
        self.texts.append(text)
        return self.says


def test_the_encoder_is_asked_only_where_it_can_change_the_verdict(second):
    asked = Asked(100.0)
    look = TrainedLook(SCREEN, the_lexicon().words, second.model, asked, second.share)
    assert not look.read(["see you tuesday at 3, thanks"]).pages and asked.times == 0
    assert look.read(["theyd be happier with the insurance money than with me"]).pages and asked.times == 1


def test_neither_voice_is_heard_without_bounds(second):
    assert second.share.of(0, 100.0, 12) == second.share.of(0, MOST, 12)
    assert second.share.of(0, -100.0, 12) == second.share.of(0, -MOST, 12)


def test_the_newest_words_of_a_very_long_thread_are_read(second):
    calm = "The garden was nice and we had tea with my sister. " * 400
    assert second.score(f"{calm}I have the pills here and nobody would miss me.") > second.score(calm) + 2


def test_of_a_long_thread_the_encoder_reads_the_two_gravest_pieces_and_no_more(second):
    """Its time grows with what it reads: ten parts of a text took 0.8 s when it read them all."""
    asked = Asked(-100.0)
    look = TrainedLook(SCREEN, the_lexicon().words, second.model, asked, second.share)
    grave = "theyd be happier with the insurance money than with me."
    calm = "The garden was nice and we had tea with my sister. "
    look.score(f"{calm * 12}{grave} {calm * 12}{grave} {calm * 12}")
    assert asked.times == GRAVEST and all(grave in text for text in asked.texts)


def test_no_word_of_a_text_stands_in_the_model():
    card = json.loads((RELEASED / "model.json").read_text())
    assert not [value for value in card.values() if isinstance(value, list)]
    assert all(isinstance(bucket, int) for bucket in features(" want to die ", SCREEN.look("want to die")))


def test_the_layer_holds_the_model_and_is_the_same_each_time(tmp_path):
    assert layer(tmp_path / "one.zip") <= LARGEST
    layer(tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.slow
def test_the_consoles_layer_is_what_a_rehearsal_needs(tmp_path):
    import zipfile

    from chalicelib.core.lexicon_change import LexiconChange
    from chalicelib.lexicon.rehearsal import load_rehearsal
    from chalicelib.second_look import load_second_look

    rehearsal_layer(tmp_path / "layer.zip")
    zipfile.ZipFile(tmp_path / "layer.zip").extractall(tmp_path / "opt")
    folder = tmp_path / "opt" / "rehearsal"
    rehearsal = load_rehearsal(str(folder), lambda screen, words: load_second_look(screen, words, str(folder / "second_look")))
    outcome = rehearsal.try_out(LexiconChange("retire", "en.suicide.want-to-die", "a test of the layer"))
    assert {name for name, _, _ in outcome.sizes} == {"adversarial", "clinic_logistics", "sms_crises", "spanish", "split"}
    assert outcome.lost or outcome.late


def test_of_numpy_only_what_runs_is_in_the_layer(tmp_path):
    for name in ("numpy/__init__.py", "numpy/random/a.so", "numpy/linalg/tests/a.py", "numpy/_core/_simd.so", "other/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path).as_posix() for path in needed(tmp_path)] == ["numpy/__init__.py"]


def test_a_layer_that_is_too_large_is_refused(tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    with (model / "weights.bin").open("wb") as large:
        large.truncate((LARGEST + 1) * 1_000_000)
    with pytest.raises(LayerTooLarge):
        layer(tmp_path / "one.zip", model)
