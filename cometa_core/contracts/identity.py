"""Who is calling."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    """An account as the security policy established it for one request or job.

    Attributes:
        account_id: key of the account.
        email: its e-mail address.
        name: its display name.
        role: name of its role.
        power: power of the role, for rules of who may edit whom.
        permissions: names of the flags that the role has.
        departments: ids of the departments that it is a member of.
        sees_all: True for SUPERUSER, to whom rows of every department are visible.
        key_scopes: scopes of the API key in use; None = not limited by a key.
        way: how it was identified: ``api_key``, ``service_token``, ``development``, ``session``, ``proxy``,
            ``system``.
        attributes: what else is known; of a service token the rows that it is bound to: ``feature_result_id``,
            ``run_id``, ``feature_id``.
    """

    account_id: int
    email: str
    name: str
    role: str
    power: int
    permissions: frozenset[str] = frozenset()
    departments: frozenset[int] = frozenset()
    sees_all: bool = False
    key_scopes: frozenset[str] | None = None
    way: str = "system"
    attributes: dict[str, object] = field(default_factory=dict, compare=False)

    def may(self, permission: str) -> bool:
        """Tell whether the role has a flag; scopes of a key are checked where a request is answered."""
        return permission in self.permissions

    def sees_department(self, department_id: int | None) -> bool:
        """Tell whether rows of a department are visible.  Contract: rest-api A3.3."""
        return self.sees_all or (department_id is not None and department_id in self.departments)
