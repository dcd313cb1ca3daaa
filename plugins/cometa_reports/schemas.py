"""Parameters of the report routes."""

from typing import Literal

from pydantic import Field

from cometa_core.web.validation import Query

FormatName = Literal["html", "junit", "cucumber", "messages", "allure"]


class ReportQuery(Query):
    """What a report is to be."""

    format: FormatName = Field("html", description="Format of the report.")
