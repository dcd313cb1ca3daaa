"""What BrowserStack tells about its browsers, as the API passes it on."""

from pydantic import BaseModel, ConfigDict


class CloudBrowser(BaseModel):
    """A browser or device that can be used at BrowserStack.  Contract: rest-api A6.4."""

    model_config = ConfigDict(extra="ignore")

    os: str
    os_version: str
    browser: str
    browser_version: str | None = None
    device: str | None = None
    real_mobile: bool | None = None
