"""Routes of files and videos of results.  Contract: rest-api A6.19, R-194, R-195."""

import mimetypes
import re
from urllib.parse import quote

from pyramid.response import Response
from webob.static import FileIter

from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_executions.models import Artifact
from cometa_executions.services.files import file_of_result, video
from cometa_executions.views import RESULT

TAG = "Files"
OCTETS = "application/octet-stream"
NOT_PLAIN = re.compile(r'[^ -~]|["\\]')
"""What the old form of a file name in a header cannot have."""

download = Service("download", f"/download/{RESULT}/{{file}}/", description="A file of a result.", tag=TAG)
videos = Service("video", "/videos/{name}/", description="A video of a result.", tag=TAG)


class ClosingFile(FileIter):  # type: ignore[misc]  # WebOb ships no types
    """Blocks of a stored file, or of a part of it, that also closes it when nobody reads them."""

    def close(self) -> None:
        """Close the file; called at the end of every answer."""
        self.file.close()


@download.get(permission="download_result_files", media_type=OCTETS)
def read_file(request: Request) -> Response:
    """Give a file of a result as attachment."""
    scope, name = request.scope, request.matchdict["file"]
    artifact = file_of_result(scope, int(request.matchdict["feature_result_id"]), name)
    # Browsers must not show what a tested site made as a page of this server.
    response = stored_file(request, artifact, OCTETS)
    plain = NOT_PLAIN.sub("_", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Disposition"] = disposition
    return response


@videos.get(permission="view_feature", media_type="video/*")
def read_video(request: Request) -> Response:
    """Give a video, or the part of it that the header Range names."""
    artifact = video(request.scope, request.matchdict["name"])
    kind = artifact.mime if artifact.mime.startswith("video/") else mimetypes.guess_type(artifact.name)[0]
    return stored_file(request, artifact, kind if kind and kind.startswith("video/") else OCTETS)


def stored_file(request: Request, artifact: Artifact, kind: str) -> Response:
    """Give a stored file block by block; parts of it and unchanged ones as the client asks."""
    stream = request.scope.runtime.artifacts.open(artifact.department_id, artifact.sha256)
    response = Response(content_type=kind, conditional_response=True, accept_ranges="bytes")
    response.app_iter = ClosingFile(stream)
    response.content_length = artifact.size
    response.etag = artifact.sha256[:32]
    response.headers["Cache-Control"] = "private, no-cache"
    return response
