"""The forms of Flask-Security in our words."""

from typing import Any

from flask_security.forms import (
    ChangePasswordForm,
    EmailValidation,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    VerifyForm,
    unique_user_email,
)
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import InputRequired

from portal.accounts import vetting
from portal.accounts.forms import name_field

HOW_LONG = f"At least {vetting.SHORTEST} characters. A few words in a row are easy to remember."


def mail_field(*validators: Any, autocomplete: str = "username") -> EmailField:
    """A field for a mail address; it becomes the way in which we store it."""
    needed = InputRequired("Type your mail address.")
    return EmailField(
        "Mail address", [needed, EmailValidation(), *validators], render_kw={"autocomplete": autocomplete}
    )


def password_field(label: str = "Password") -> PasswordField:
    """A field for the password that the person has."""
    needed = InputRequired("Type your password.")
    return PasswordField(label, [needed], render_kw={"autocomplete": "current-password"})


def new_password_field(label: str = "Password") -> PasswordField:
    """A field for a password that the person chooses."""
    needed = InputRequired("Choose a password.")
    return PasswordField(label, [needed], description=HOW_LONG, render_kw={"autocomplete": "new-password"})


def is_ours(path: str) -> bool:
    """Whether this is a path of our own, and none that a browser takes for another host's."""
    return path[:1] == "/" and path[1:2] not in {"/", "\\"} and path.isprintable() and "\\" not in path


class Onward:
    """For forms that know the page that comes next: one that is not ours is left out without a word."""

    def validate_next(self, field: Any) -> None:
        if not is_ours(field.data or ""):
            field.data = ""


class SignInForm(Onward, LoginForm):
    """Mail address and password. Says what is wrong only where that tells nothing about others."""

    email = mail_field()
    password = password_field()
    remember = BooleanField("Keep me signed in on this device for 30 days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""
        self.about_fields: dict[str, list[str]] = {}

    def validate(self, **kwargs: Any) -> bool:
        if super().validate(**kwargs):
            return True
        if self.user_authenticated:
            # The password was right: the person may hear why it is not enough.
            self.form_errors: list[str] = list(self.email.errors)
            self.email.errors = []
        elif self.ifield is None:
            self.about_fields = {field.name: list(field.errors) for field in self if field.errors}
        return False

    def speak(self) -> None:
        """Put back what is wrong with the fields themselves; Flask-Security makes one vague sentence of it."""
        for name, errors in self.about_fields.items():
            self.form_errors = []
            self[name].errors = errors


class RegisterForm(Onward, RegisterFormV2):
    """Name, mail address, password."""

    name = name_field()
    email = mail_field(unique_user_email, autocomplete="email")
    password = new_password_field()


class NewPasswordForm(ResetPasswordForm):
    """A new password after a link from a mail."""

    password = new_password_field("New password")
    password_confirm = None


class PasswordForm(ChangePasswordForm):
    """The old password and a new one."""

    password = password_field("Your password now")
    new_password = new_password_field("New password")
    new_password_confirm = None


class AgainForm(Onward, VerifyForm):
    """The password once more."""

    password = password_field()
