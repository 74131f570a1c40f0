"""A vote of a party on an idea of the community."""

from trytond.model import ModelSQL, ModelView, Unique, fields


class Vote(ModelSQL, ModelView):
    "Community Vote"

    __name__ = "community.vote"
    _rec_name = "idea_title"

    community_id = fields.Char("Community Id", required=True, help="vote:12:7")
    party = fields.Many2One("party.party", "Party", required=True, ondelete="CASCADE")
    account = fields.Char("Company")
    idea = fields.Char("Idea")
    idea_title = fields.Char("Title")
    idea_status = fields.Char("Status")
    idea_url = fields.Char("Address")
    value = fields.Integer("Value")
    added_by = fields.Char("Added By")
    proof = fields.Char("Proof")
    cast_at = fields.DateTime("Cast")
    withdrawn_at = fields.DateTime("Withdrawn")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints = [
            ("community_id_unique", Unique(table, table.community_id), "community.msg_unique")
        ]
