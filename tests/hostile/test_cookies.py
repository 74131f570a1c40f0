"""Cookies that we did not give, or that are over: whoever brings them is a stranger."""

STRANGE = ("", "x", "x.y.z", "eyJfdXNlcl9pZCI6IjEifQ.Z.x", "\x7f\xff", "a" * 20_000, '"; Path=/', "{{7*7}}")


def test_a_cookie_that_is_not_ours_is_a_stranger(app, things):
    browser = app.test_client(use_cookies=False)
    name = app.config["SESSION_COOKIE_NAME"]
    for value in STRANGE:
        answer = browser.get("/ideas/new", headers={"Cookie": f"{name}={value}; {name}=second; =; ;;"})
        assert answer.status_code == 302, value
        assert answer.location.startswith("/login?next=")


def test_a_cookie_of_a_session_that_ended_is_a_stranger(app, ines):
    cookie = ines.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert ines.post("/logout").status_code == 303
    ines.set_cookie(cookie.key, cookie.value)
    assert ines.get("/account/").status_code == 302
