"""What the community portal writes of a person or a company, on the party that stands for them."""

from trytond.model import Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access


class Party(metaclass=PoolMeta):
    __name__ = "party.party"

    community_id = fields.Char("Community Id", help="person:7 or company:3")
    community_made = fields.Boolean("Made by the Community")
    community_email = fields.Function(
        fields.Char("Community E-mail"), "get_community_email", setter="set_community_email"
    )
    community_account = fields.Char("Community Company")
    community_status = fields.Char("Community Status")
    community_profile_url = fields.Char("Profile")
    community_record_url = fields.Char("Record")
    community_participants = fields.Integer("Participants")
    community_points = fields.Integer("Points")
    community_votes = fields.Integer("Votes")
    community_ideas = fields.Integer("Ideas")
    community_ideas_shipped = fields.Integer("Shipped Ideas")
    community_answers = fields.Integer("Answers")
    community_accepted_answers = fields.Integer("Accepted Answers")
    community_open_ideas = fields.Text("Open Ideas")
    community_top_ideas = fields.Text("Top Ideas")
    community_joined_on = fields.Date("Joined")
    community_last_active_on = fields.Date("Last Active")
    community_last_vote_on = fields.Date("Last Vote")
    community_consent_basis = fields.Char("Consent Basis")
    community_consent_at = fields.DateTime("Consent Given")
    community_votes_cast = fields.One2Many("community.vote", "party", "Votes Cast")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append(
            ("community_id_unique", Unique(table, table.community_id), "community.msg_unique")
        )

    def get_community_email(self, name):
        return next((each.value for each in self.contact_mechanisms if each.community), None)

    @classmethod
    def set_community_email(cls, parties, name, value):
        """Keep one mail address per party as ours; one that sales had already is marked, not doubled."""
        mechanism = Pool().get("party.contact_mechanism")
        for party in parties:
            emails = mechanism.search([("party", "=", party.id), ("type", "=", "email")])
            ours = [each for each in emails if each.community]
            same = [each for each in emails if value and each.value.lower() == value.lower()]
            if not value:
                found = [each for each in ours if each.community != "made"]
                mechanism.delete([each for each in ours if each.community == "made"])
                mechanism.write(found, {"community": None})
            elif ours:
                mechanism.write(ours[:1], {"value": value})
            elif same:
                mechanism.write(same[:1], {"community": "found"})
            else:
                made = {"party": party.id, "type": "email", "value": value, "community": "made"}
                mechanism.create([made])


class ContactMechanism(metaclass=PoolMeta):
    __name__ = "party.contact_mechanism"

    community = fields.Char("Community", help="made: by the portal; found: was there before it")


class Replace(metaclass=PoolMeta):
    __name__ = "party.replace"

    def transition_replace(self):
        """What the portal wrote goes along, unless the other party is somebody of the portal's as well."""
        source, destination = self.ask.source, self.ask.destination
        if source.community_id and not destination.community_id:
            with without_check_access():
                self._hand_over(source, destination)
            # Read anew: what was handed over is no longer as it was read.
            party = Pool().get("party.party")
            self.ask.source, self.ask.destination = party(source.id), party(destination.id)
        return super().transition_replace()

    @staticmethod
    def _hand_over(source, destination):
        party, note = Pool().get("party.party"), Pool().get("ir.note")
        ours = [
            name for name in party._fields if name.startswith("community_") and name != "community_votes_cast"
        ]
        values = {name: getattr(source, name) for name in ours}
        party.write([source], {**dict.fromkeys(ours), "community_made": False})
        # Others made it, so it outlives the consent of its person.
        party.write([destination], {**values, "community_made": False})
        notes = note.search([("resource", "=", str(source))])
        told = [each for each in notes if (each.message or "").rpartition("\n")[2].startswith("ref:")]
        note.write(told, {"resource": str(destination)})

    @classmethod
    def fields_to_replace(cls):
        """Votes follow their party."""
        return [*super().fields_to_replace(), ("community.vote", "party")]
