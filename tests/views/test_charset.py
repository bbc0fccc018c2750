import pytest

from backlit.views.charset import fit

EVERYTHING = (
    "Σ_{n,i,j} dY · X × 2 − 1 → W ← … ≤ ≥ ≠ √ŝ ∞ ½ σ² βᵗ ⌊h/2⌋ m̂ x̂ αγεημπλ X₁ █▒▸◂▾ “a” – ▓░"
)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8", "utf-16"])
def test_nothing_is_replaced_without_need(encoding: str) -> None:
    assert fit(EVERYTHING, encoding) == EVERYTHING


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "cp850", "latin-1", "koi8-r"])
def test_everything_can_be_written_and_nothing_is_lost(encoding: str) -> None:
    fitted = fit(EVERYTHING, encoding)
    fitted.encode(encoding)
    assert "?" not in fitted


def test_what_an_encoding_has_stays() -> None:
    assert fit("2 · ½ × Σ − σ²", "cp1252") == "2 · ½ × sum - sigma²"
    assert fit("dW ← Σ", "ascii") == "dW <- sum"
    assert fit("x̂ ŝ X₁", "ascii") == "x_hat s_hat X1"


def test_an_unknown_encoding_gets_ascii() -> None:
    assert fit("Σ a", "no-such-encoding") == "sum a"


def test_letters_of_other_languages() -> None:
    assert fit("café côté ж", "ascii") == "cafe cote ?"
