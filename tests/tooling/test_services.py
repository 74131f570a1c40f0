"""The servers that other tests lean on."""

import smtplib
from email.message import EmailMessage

import redis
import sqlalchemy as sa


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
