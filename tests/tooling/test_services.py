"""The servers that other tests lean on."""

import shutil
import signal
import smtplib
import subprocess
import sys
from email.message import EmailMessage

import redis
import sqlalchemy as sa

from crms.programs import began_at, is_alive, wait_until
from tests.services import ROOT

STARTS_A_SERVER = """
from tests.servers import Redis
server = Redis.started()
print(server.process.pid, server.folder, flush=True)
input()
"""


def test_a_new_database_is_empty_and_takes_rows(new_database):
    engine = sa.create_engine(new_database("taking_rows"))
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE words (word VARCHAR(20))"))
        connection.execute(sa.text("INSERT INTO words VALUES ('héllo 👋')"))
        assert connection.scalar(sa.text("SELECT word FROM words")) == "héllo 👋"
    engine.dispose()


def test_the_database_is_of_the_kind_that_was_asked_for(database_url, database_kind):
    assert sa.make_url(database_url).get_backend_name() == database_kind


def test_redis_keeps_a_value(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        client.set("colour", "green")
        assert client.get("colour") == b"green"


def test_mail_arrives_parsed(smtp):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Grüße"
    message.set_content("Bis morgen – ja?")
    with smtplib.SMTP("127.0.0.1", smtp.port) as client:
        client.send_message(message)
    [arrived] = smtp.messages
    assert arrived["Subject"] == "Grüße"
    assert arrived.get_content().strip() == "Bis morgen – ja?"


def test_a_server_goes_with_a_test_process_that_is_killed_also_where_a_shell_began_it_in_the_background():
    def in_the_background():
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)

    tests = subprocess.Popen(
        [sys.executable, "-c", STARTS_A_SERVER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=in_the_background,
    )
    with tests:
        server, folder = tests.stdout.readline().decode().split()
        began = began_at(int(server))
        assert is_alive(int(server), began)
        tests.kill()
    wait_until(lambda: not is_alive(int(server), began), "The end of the server")
    shutil.rmtree(folder)
