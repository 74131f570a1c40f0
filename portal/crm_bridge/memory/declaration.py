"""What the vendor of the tests says of itself."""

from portal.crm_bridge.declaring import Declaration, Setting

DECLARATION = Declaration(
    title="Memory",
    of_tests=True,
    settings=(
        Setting(
            "name", "Which records; two connections may share them", "memory", label="Name", example="memory"
        ),
    ),
)
