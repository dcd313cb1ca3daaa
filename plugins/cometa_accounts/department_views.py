"""Routes of departments."""

from sqlalchemy.orm import Session

from cometa_accounts import schemas
from cometa_accounts.announcing import announce_department
from cometa_accounts.models import Department
from cometa_accounts.presenting import present_department, present_departments
from cometa_accounts.services import departments as service
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Done, Page, Updated
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service

TAG = "Departments"

departments = Service("departments", "/api/departments/", description="Departments.", tag=TAG)
own_departments = Service("user_departments", "/user/departments/", description="Own departments.", tag=TAG)
one_department = Service(
    "department", r"/api/departments/{department_id:\d{1,18}}/", description="One department.", tag=TAG
)


def addressed_department(request: Request) -> Department:
    """Find the department of the path."""
    return service.visible_department(request.scope, int(request.matchdict["department_id"]))


@departments.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.AnyDepartmentOut])
def list_departments(request: Request) -> Page:
    """List departments by name: own ones, or all for those who may see all."""
    return _page(request, own_only=False)


@own_departments.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.AnyDepartmentOut])
def list_own_departments(request: Request) -> Page:
    """List the departments that the caller is a member of."""
    return _page(request, own_only=True)


def _page(request: Request, *, own_only: bool) -> Page:
    session: Session = request.scope.session
    rows = paged(session, service.visible_departments(request.scope, own_only=own_only), request.query_model)
    return Page(present_departments(request.scope, rows.items), rows.total)


@departments.post(permission="create_department", body=schemas.DepartmentIn, answer=schemas.DepartmentOut,
                  status=201, errors=("duplicate_name",))  # fmt: skip
def create_department(request: Request) -> Created:
    """Create a department; the caller becomes its member."""
    body = request.body_model
    made = service.create_department(request.scope, body.department_name, body.settings.model_dump())
    announce_department(request.scope, "department.added", made)
    return Created(present_department(made))


@one_department.get(permission=AUTHENTICATED, answer=schemas.AnyDepartmentOut)
def read_department(request: Request) -> schemas.DepartmentOut:
    """Read one department that the caller may list."""
    department = service.readable_department(request.scope, int(request.matchdict["department_id"]))
    return present_departments(request.scope, [department])[0]


@one_department.patch(permission="edit_department", load=addressed_department, body=schemas.DepartmentPatch,
                      answer=schemas.DepartmentOut, errors=("duplicate_name",))  # fmt: skip
def change_department(request: Request) -> Updated:
    """Rename a department or replace its settings."""
    body = request.body_model
    settings = None if body.settings is None else body.settings.model_dump()
    changed = service.change_department(request.scope, request.resource, body.department_name, settings)
    announce_department(request.scope, "department.changed", changed)
    return Updated(present_department(changed))


@one_department.delete(permission="delete_department", load=addressed_department,
                       errors=("in_use", "protected"))  # fmt: skip
def delete_department(request: Request) -> Done:
    """Delete an empty department."""
    announce_department(request.scope, "department.removed", request.resource)
    service.delete_department(request.scope, request.resource)
    return Done()
