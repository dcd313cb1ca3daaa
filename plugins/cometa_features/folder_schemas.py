"""Bodies of folders.  Contract: rest-api A6.9."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from cometa_core.web.fields import Id
from cometa_core.web.validation import Body
from cometa_features.schemas import under_one_name

FolderName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
FolderPlace = Annotated[
    Annotated[int, Field(ge=0, le=10**18 - 1, strict=True)] | None, AfterValidator(lambda number: number or None)
]
"""Key of a folder; 0 and null are Home and become None."""


class FolderPost(Body):
    """A new folder, or with ``old_folder`` the move of an existing one."""

    name: FolderName | None = Field(default=None, description="Required for a new folder; renames a moved one.")
    parent_id: FolderPlace = Field(default=None, description="Absent, null or 0: directly below Home.")
    department: Id | None = Field(
        default=None,
        description="Department of a new folder below Home; default: your first. `department_id` is another name.",
    )
    old_folder: Id | None = Field(default=None, description="Folder that is moved; then `new_folder` is required.")
    new_folder: FolderPlace = Field(default=None, description="Where it is moved; 0 or null: directly below Home.")

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, data: Any) -> Any:
        """Take ``department_id`` for ``department``."""
        return under_one_name(data, "department", "department_id")


class FolderPatch(Body):
    """Changes of a folder; what is not sent stays as it is."""

    folder_id: Id
    folder_name: FolderName | None = Field(default=None, description="`name` is another name of this field.")
    parent_id: FolderPlace = Field(default=None, description="Null or 0: directly below Home.")
    department: Id | None = Field(
        default=None,
        description="Sub-folders and features come along. Without `parent_id` the folder comes directly below Home. "
        "`department_id` is another name.",
    )

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, data: Any) -> Any:
        """Take the other names of fields for theirs.  Contract: R-147."""
        return under_one_name(under_one_name(data, "folder_name", "name"), "department", "department_id")


class FeaturePlacePatch(Body):
    """Where a feature is to be."""

    feature_id: Id
    new_folder: FolderPlace = Field(default=None, description="Absent, null or 0: the root of the department.")
    department_id: Id | None = Field(default=None, description="Default: the department that the feature has.")
