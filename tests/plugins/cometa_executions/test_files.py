"""Files and videos of results."""

import io

import pytest
from run_bench import statements_of

from cometa_executions.api import Artifact

VIDEO = bytes(range(256)) * 1024


@pytest.fixture
def store(bench):
    """Store a file of an ended result."""

    def put(result_id, name, content, role="download", mime="application/octet-stream"):
        department = bench.department_id("Default")
        digest, size = bench.runtime.artifacts.put(department, io.BytesIO(content))
        with bench.runtime.unit_of_work() as scope:
            artifact = Artifact(
                department_id=department, result_id=result_id, attempt=1, role=role, name=name, mime=mime, size=size,
                sha256=digest, created_at=scope.now(),
            )  # fmt: skip
            scope.session.add(artifact)

    return put


@pytest.fixture
def result_id(bench, store):
    """An ended result with two files and a video."""
    found = bench.finished().result_ids[0]
    store(found, "report.pdf", b"pages")
    store(found, 'Größe "1".txt', b"text", role="attachment", mime="text/html")
    store(found, f"v{found}.mp4", VIDEO, role="video", mime="video/mp4")
    store(found, "log.txt", b"log", role="log")
    return found


def test_a_result_names_its_files_and_its_video(api, result_id):
    """R-194, R-097."""
    row = api.get(f"/feature_results/{result_id}/").json
    assert row["files"] == ["report.pdf", 'Größe "1".txt']
    assert row["video_url"] == f"/videos/v{result_id}.mp4"


def test_a_file_comes_as_attachment(api, result_id):
    """R-194: never as a page of this server."""
    answer = api.get(f"/download/{result_id}/report.pdf/")
    assert answer.body == b"pages"
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="report.pdf"')
    odd = api.get(f"/download/{result_id}/Gr%C3%B6%C3%9Fe%20%221%22.txt/")
    assert (odd.body, odd.content_type) == (b"text", "application/octet-stream")
    wanted = "attachment; filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.txt"
    assert odd.headers["Content-Disposition"] == wanted


@pytest.mark.parametrize("name", ["log.txt", "other.pdf", "..%2Freport.pdf", "REPORT.pdf", "%00", "v1.mp4"])
def test_other_names_are_404(api, result_id, name):
    """R-194: the name is compared with the list."""
    api.get(f"/download/{result_id}/{name}/", status=404)


def test_files_need_the_flag_and_the_department(api, stranger, caller_without, result_id):
    """R-194, R-020: the flag before the row."""
    for path in (f"/download/{result_id}/report.pdf/", "/download/999999/report.pdf/"):
        answer = caller_without("download_result_files").get(path, status=403).json
        assert "download_result_files" in answer["error"]
        stranger.get(path, status=404)


def test_files_of_removed_results_are_gone(root, result_id):
    """R-116."""
    root.delete(f"/feature_results/{result_id}/")
    root.get(f"/download/{result_id}/report.pdf/", status=404)
    root.get(f"/videos/v{result_id}.mp4", status=404)


def test_a_video_comes_whole_or_in_parts(app, api, result_id):
    """R-195."""
    path, headers = f"/videos/v{result_id}.mp4", {"Authorization": f"Bearer {api.key}"}
    whole = app.get(path, headers=headers)
    assert (whole.body, whole.content_type) == (VIDEO, "video/mp4")
    assert whole.headers["Accept-Ranges"] == "bytes"
    for asked, first, last in (("0-99", 0, 99), ("70000-140000", 70000, 140000), ("-5", 262139, 262143)):
        part = app.get(path, headers={**headers, "Range": f"bytes={asked}"}, status=206)
        assert part.body == VIDEO[first : last + 1]
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{len(VIDEO)}"
        assert part.headers["Content-Length"] == str(last - first + 1)
    app.get(path, headers={**headers, "Range": "bytes=999999-"}, status=416)
    app.get(path, headers={**headers, "If-None-Match": whole.headers["ETag"]}, status=304)
    assert app.head(path, headers=headers).headers["Content-Length"] == str(len(VIDEO))


def test_a_video_of_another_department_is_404(stranger, caller_without, result_id):
    """R-195."""
    stranger.get(f"/videos/v{result_id}.mp4", status=404)
    caller_without("view_feature").get(f"/videos/v{result_id}.mp4", status=403)
    stranger.get("/videos/none.mp4", status=404)


def test_files_of_a_list_are_found_with_one_query(bench, api, store):
    """rest-api A1.6."""
    feature_id = bench.feature()
    counts = []
    for number in (1, 5):
        for _ in range(number):
            store(bench.finished(feature_id=feature_id).result_ids[0], "a.txt", b"a")
        api.get(f"/api/feature_results/{feature_id}/")
        with statements_of(bench.runtime.engine) as statements:
            assert api.get(f"/api/feature_results/{feature_id}/").json[0]["files"] == ["a.txt"]
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_videos_are_found_by_their_index(bench, api, result_id):
    """rest-api A6.19: artifacts are many, videos few."""
    with statements_of(bench.runtime.engine) as statements:
        api.get(f"/videos/v{result_id}.mp4")
    query = next(found for found in statements if "executions_artifact.role = 'video'" in found)
    if bench.runtime.engine.dialect.name == "sqlite":
        with bench.runtime.engine.connect() as connection:
            count = query.count("?")
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (1,) * count).all()
        assert any("ix_executions_artifact_video" in row[-1] for row in plan), plan
