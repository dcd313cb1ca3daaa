"""Who is told about a change of an object."""

from dataclasses import dataclass

from cometa_core.contracts.identity import Identity


@dataclass(frozen=True)
class Audience:
    """Receivers of an object event among those who see its department.  Contract: rest-api A7, column "Receivers".

    Attributes:
        permissions: names of flags of which a receiver has at least one; empty: flags do not matter.
        accounts: keys of accounts that receive it whatever their flags are.
        excluded: keys of accounts that never receive it.
    """

    permissions: tuple[str, ...] = ()
    accounts: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()

    def includes(self, identity: Identity) -> bool:
        """Tell whether somebody who sees the department of the event receives it."""
        if identity.account_id in self.excluded:
            return False
        if identity.account_id in self.accounts or not self.permissions:
            return True
        return any(identity.may(name) for name in self.permissions)


EVERYBODY = Audience()
"""All who see the department; site-wide events reach every identity."""
