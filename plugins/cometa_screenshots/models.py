"""Table of baselines: what pictures are compared with.  Contract: runner F.3."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cometa_core.db.base import Model


class Baseline(Model):
    """A picture that later pictures of the same key are compared with; superseded ones are kept.

    The key is feature, step_uuid, path, family, platform, viewport and name; ``key_digest`` is its SHA-256, because
    a path can be longer than an index takes.  The one in force is approved and has no end.
    """

    __tablename__ = "screenshots_baseline"
    __audited__ = True
    __table_args__ = (
        Index("ix_screenshots_baseline_key_digest", "key_digest", "id"),
        Index("ix_screenshots_baseline_feature_id", "feature_id", "step_uuid"),
        Index("ix_screenshots_baseline_sha256", "department_id", "sha256"),
        Index("ix_screenshots_baseline_decided_by", "decided_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64))
    feature_id: Mapped[int] = mapped_column(ForeignKey("features_feature.id", ondelete="CASCADE"))
    step_uuid: Mapped[str] = mapped_column(String(36))
    path: Mapped[str] = mapped_column(Text, default="")
    family: Mapped[str] = mapped_column(String(40), default="")
    platform: Mapped[str] = mapped_column(String(40), default="")
    viewport: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(255), default="")
    # pending, approved, rejected or retired.
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    # Empty while nobody decided, and where the first picture was accepted by itself.
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    # The file is an object of the artifact store of this department.
    department_id: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    # Rectangles [x, y, width, height] that are left out, and a threshold of its own; copied to the successor.
    regions: Mapped[list[Any]] = mapped_column(default=list)
    max_diff: Mapped[str | None] = mapped_column(String(20))


class PictureComparison(Model):
    """What the picture of a step row was compared with in a run of our own; the row itself holds the verdict.

    A picture that somebody approves later becomes the baseline of this key.  Contract: runner F.3.
    """

    __tablename__ = "screenshots_comparison"
    __table_args__ = (Index("ix_screenshots_comparison_baseline_id", "baseline_id"),)

    step_result_id: Mapped[int] = mapped_column(
        ForeignKey("executions_step_result.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    family: Mapped[str] = mapped_column(String(40))
    platform: Mapped[str] = mapped_column(String(40))
    viewport: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(255))
    # Empty for a first picture, and where the comparison was impossible.
    baseline_id: Mapped[int | None] = mapped_column(ForeignKey("screenshots_baseline.id", ondelete="SET NULL"))
    # Differing pixels that were allowed; empty without threshold.
    allowed: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text, default="")


class FeatureRule(Model):
    """How much the pictures of a feature may differ where its steps say nothing.  Contract: runner F.5."""

    __tablename__ = "screenshots_feature_rule"
    __audited__ = True

    feature_id: Mapped[int] = mapped_column(
        ForeignKey("features_feature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    max_diff: Mapped[str] = mapped_column(String(20))
