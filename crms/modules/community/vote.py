"""A vote of a party on an idea of the community."""

from trytond.model import ModelSQL, ModelView, Unique, fields


class Vote(ModelSQL, ModelView):
    "Community Vote"

    __name__ = "community.vote"
    _rec_name = "idea_title"

    community_id = fields.Char("Community Id", required=True, readonly=True, help="vote:12:7")
    party = fields.Many2One("party.party", "Party", required=True, ondelete="CASCADE", readonly=True)
    account = fields.Char("Company", readonly=True)
    idea = fields.Char("Idea", readonly=True)
    idea_title = fields.Char("Title", readonly=True)
    idea_status = fields.Char("Status", readonly=True)
    idea_url = fields.Char("Address", readonly=True)
    value = fields.Integer("Value", readonly=True)
    added_by = fields.Char("Added By", readonly=True)
    proof = fields.Char("Proof", readonly=True)
    cast_at = fields.DateTime("Cast", readonly=True)
    withdrawn_at = fields.DateTime("Withdrawn", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints = [
            ("community_id_unique", Unique(table, table.community_id), "community.msg_unique")
        ]
