"""Every refusal says what to do, and what was typed comes back."""


def test_an_unknown_address_is_404(as_):
    answer = as_().get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
