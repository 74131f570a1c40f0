"""Run once by BottleCRM's own interpreter: makes the tables, an admin, an organisation and its token.

Prints them as JSON: `password`, `token` of the organisation, and `key`, which may make further organisations.
"""

import json
import secrets

import django

django.setup()

from common.models import Org, PersonalAccessToken, Profile  # noqa: E402
from common.serializer import OrgAwareRefreshToken  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402

EMAIL = "admin@crm.example"


def main():
    call_command("migrate", run_syncdb=True, verbosity=0)
    password = secrets.token_urlsafe(12)
    user = get_user_model().objects.create_superuser(email=EMAIL, password=password)
    organisation = Org.objects.create(name="Community")
    profile = Profile.objects.create(user=user, org=organisation, role="ADMIN")
    token, _ = PersonalAccessToken.generate(profile=profile, name="Community portal")
    key = str(OrgAwareRefreshToken.for_user_and_org(user, None).access_token)
    print(json.dumps({"user": EMAIL, "password": password, "token": token, "key": key}))


main()
