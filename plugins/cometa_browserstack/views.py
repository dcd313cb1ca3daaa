"""Route of the browsers at BrowserStack."""

from cometa_browserstack.schemas import CloudBrowser
from cometa_browserstack.services import cloud_browsers
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Page
from cometa_core.web.paging import Paging
from cometa_core.web.request import Request
from cometa_core.web.service import Service

browsers = Service(
    "browserstack_browsers", "/browsers/browserstack/", description="Browsers at BrowserStack.", tag="Catalog"
)


@browsers.get(permission=AUTHENTICATED, query=Paging, answer=list[CloudBrowser], errors=("browserstack_unavailable",))
def list_cloud_browsers(request: Request) -> Page:
    """List the browsers that can be used at BrowserStack; none while no credentials are configured."""
    query: Paging = request.query_model
    found = cloud_browsers(request.scope.runtime)
    start = (query.number - 1) * query.rows
    return Page(found[start : start + query.rows], len(found))
