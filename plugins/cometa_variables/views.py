"""Routes of variables and encryption.  Contract: rest-api A6.13, A6.15."""

import re

from cometa_core.errors import CometaError, Forbidden, NotFound
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Done, Page, Updated
from cometa_core.web.paging import paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_variables import schemas
from cometa_variables.models import Variable
from cometa_variables.presenting import present_variables
from cometa_variables.services import storing
from cometa_variables.services.encrypting import encrypt_or_decrypt, require_action
from cometa_variables.services.reading import all_variables, of_environment, visible_variable

TAG = "Variables"
NUMBER = re.compile(r"[0-9]{1,18}")

variables = Service("variables", "/api/variables/", description="Stored variables.", tag=TAG)
# One path for names and keys: an environment may be called 7, and its variables are read all the same.
one_or_environment = Service(
    "variable", "/api/variables/{environment_or_variable}/", description="Variables of an environment; one.", tag=TAG
)
encryption = Service("encrypt", "/encrypt/", description="Encrypt and decrypt texts.", tag=TAG)


def addressed(request: Request) -> Variable:
    """Find the variable of the path."""
    number = request.matchdict["environment_or_variable"]
    if not NUMBER.fullmatch(number):
        raise NotFound
    return visible_variable(request.scope, int(number))


def writer(request: Request) -> None:
    """Refuse callers who may neither create nor edit variables; which of both is needed, the rows decide."""
    if not (request.identity.may("create_variable") or request.identity.may("edit_variable")):
        raise Forbidden("You do not have the permission create_variable.")


def crypter(request: Request) -> None:
    """Refuse callers who may not do what the body asks for."""
    require_action(request.scope, (request.raw_body_object or {}).get("action"))


@variables.get(permission=AUTHENTICATED, query=schemas.VariablesQuery, answer=list[schemas.VariableOut])
def list_variables(request: Request) -> Page:
    """List the variables of own departments by name."""
    rows = paged(request.scope.session, all_variables(request.scope, request.query_model), request.query_model)
    return Page(present_variables(request.scope.session, rows.items), rows.total)


@variables.post(permission=AUTHENTICATED, load=writer, body=schemas.VariablesIn, answer=list[schemas.VariableOut],
                status=201, errors=("permission_missing",))  # fmt: skip
def set_variables(request: Request) -> Created:
    """Set variables: those that exist are changed, others are added, none is deleted."""
    rows = storing.set_variables(request.scope, request.body_model)
    return Created(present_variables(request.scope.session, rows))


@one_or_environment.get(permission=AUTHENTICATED, query=schemas.EnvironmentQuery, answer=list[schemas.VariableOut])
def list_environment(request: Request) -> Page:
    """List the variables of the environment with this name, or with `effective` those that hold there."""
    name, query = request.matchdict["environment_or_variable"], request.query_model
    rows = paged(request.scope.session, of_environment(request.scope, name, query), query)
    return Page(present_variables(request.scope.session, rows.items), rows.total)


@one_or_environment.patch(permission="edit_variable", load=addressed, body=schemas.VariableUpdate,
                          answer=schemas.VariableOut, errors=("duplicate_row",))  # fmt: skip
def change_variable(request: Request) -> Updated:
    """Change name, value or encryption of a variable."""
    row = storing.change_variable(request.scope, request.resource, request.body_model)
    return Updated(present_variables(request.scope.session, [row])[0])


@one_or_environment.delete(permission="delete_variable", load=addressed)
def delete_variable(request: Request) -> Done:
    """Remove what a name stands for; steps that write it keep it as it is written."""
    storing.delete_variable(request.scope, request.resource)
    return Done()


@encryption.get(permission=AUTHENTICATED, effect=True, load=crypter, body=schemas.EncryptIn, answer=schemas.EncryptOut,
                errors=("not_ciphertext", "key_unknown", "rate_limited"), audited=False)  # fmt: skip
@encryption.post(permission=AUTHENTICATED, load=crypter, body=schemas.EncryptIn, answer=schemas.EncryptOut,
                 errors=("not_ciphertext", "key_unknown", "rate_limited"), audited=False)  # fmt: skip
def encrypt(request: Request) -> schemas.EncryptOut:
    """Encrypt a text, or decrypt one that was encrypted here; every call is kept in the audit log without its text."""
    body: schemas.EncryptIn = request.body_model
    try:
        return schemas.EncryptOut(result=encrypt_or_decrypt(request.scope, body.action, body.text))
    except CometaError:
        # Its own entry goes with the transaction, and guesses must leave a trace too.
        request.registry["cometa.auditor"].refused(request)
        raise
