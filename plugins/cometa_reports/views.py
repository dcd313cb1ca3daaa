"""Routes of reports."""

from pyramid.response import Response

from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_reports.document import Report
from cometa_reports.formats import FORMATS
from cometa_reports.reading import report_of_result, report_of_run
from cometa_reports.schemas import ReportQuery

TAG = "Reports"
ANY = "application/octet-stream"

of_run = Service("run_report", r"/feature_runs/{run_id:\d{1,18}}/report/", description="A run as a file.", tag=TAG)
of_result = Service(
    "result_report",
    r"/feature_results/{feature_result_id:\d{1,18}}/report/",
    description="A result as a file.",
    tag=TAG,
)


@of_run.get(permission="view_feature", query=ReportQuery, media_type=ANY, errors=("not_found",))
def read_run_report(request: Request) -> Response:
    """Give a run in a format that other tools read."""
    return _file(request, report_of_run(request.scope, int(request.matchdict["run_id"])))


@of_result.get(permission="view_feature", query=ReportQuery, media_type=ANY, errors=("not_found",))
def read_result_report(request: Request) -> Response:
    """Give a result in a format that other tools read."""
    return _file(request, report_of_result(request.scope, int(request.matchdict["feature_result_id"])))


def _file(request: Request, report: Report) -> Response:
    query: ReportQuery = request.query_model
    wanted = FORMATS[query.format]
    response = Response(body=wanted.write(report), content_type=wanted.media_type, charset=None)
    # Saved, never shown as a page of this server: it contains what tested pages said.
    response.headers["Content-Disposition"] = f'attachment; filename="{report.stem}{wanted.ending}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
