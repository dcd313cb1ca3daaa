"""The features of tests/corpus in a running installation, and a way to run them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cometa_features.api import parse_feature_file

FEATURES = Path(__file__).parents[1] / "corpus" / "features"
PARALLEL = 2
VARIABLES = (("customer", "ada@example.org", False), ("password", "lantern-42", True))


class Corpus:
    """The features of the corpus in one installation."""

    def __init__(self, live, browser):
        self._client = live.client()
        self._features = [self._store(path, browser) for path in sorted(FEATURES.glob("*.feature"))]

    def _store(self, path, browser):
        parsed = parse_feature_file(path.read_text(encoding="utf-8"), path.name)
        steps = [{"step_keyword": step.keyword, "step_content": step.content} for step in parsed.steps]
        body = {"feature_name": parsed.name, "app_id": 1, "environment_id": 1, "department_id": 1,
                "browsers": [browser], "steps_content": steps}  # fmt: skip
        answer = self._client.post("/api/features/", body)
        assert answer.status == 201, answer.body
        return answer.json["feature_id"], parsed.name

    def run(self, shop, every=1):
        """Run every n-th feature, two at a time; returns what did not succeed, with the steps that failed."""
        with ThreadPoolExecutor(PARALLEL) as pool:
            outcomes = pool.map(lambda each: self._problem(*each, shop), self._features[::every])
            return [problem for problem in outcomes if problem]

    def _problem(self, feature_id, name, shop):
        variables = [
            {"variable_name": variable, "variable_value": value, "encrypted": secret}
            for variable, value, secret in (("shop", shop, False), *VARIABLES)
        ]
        answer = self._client.post("/exectest/", {"feature_id": feature_id, "wait": True, "variables": variables})
        if answer.status != 200:
            return f"{name}: {answer.body.decode()}"
        result = answer.json["results"][0]
        if result["status"] == "Success":
            return None
        steps = self._client.get(f"/api/feature_results/{result['feature_result_id']}/step_results/?size=200").json
        failed = [f"{step['step_name']}: {step['error']}" for step in steps if step["status"] == "Failed"]
        return "\n".join([f"{name}: {result['status']} {result['status_reason']}", *failed])
