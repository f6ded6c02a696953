"""What the commands say: an outcome becomes lines for people, or a value for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cop_publish.core.sound_words import report_json, report_lines
from cop_publish.unchanged import sound_picture

if TYPE_CHECKING:
    from datetime import datetime

    from cop_publish.core.model import EpisodeRelease, HeldBack
    from cop_publish.core.plan import Plan
    from cop_publish.publish import Outcome
    from cop_publish.ready import Waiting
    from cop_publish.undo import Releases

_LOOK = "Look and listen: cop-publish preview"
FEW_EPISODES = 3  # whose sound is as it was are listed one by one
_KILO = 1000
_MINUTE = 60


def publish_lines(outcome: Outcome) -> list[str]:
    """Tell what was made, where it lies, how to look at it, and what waits."""
    if outcome.unchanged is not None:
        counts = outcome.unchanged.counts
        live = _listed(counts, ("episodes", "posts", "meetings", "files"))
        said = f"Nothing has changed since the last publish: {live} are live. Nothing was uploaded."
        return [said, *(told.sentence for told in outcome.told)]
    lines = _sound_lines(outcome.episodes)
    lines += waiting_lines(outcome.waiting)
    lines += held_lines(outcome.held_back)
    lines += outcome.advice
    if outcome.receipt is None:
        return [*lines, *plan_lines(outcome.plan), "Nothing was changed: this was a dry run."]
    receipt = outcome.receipt
    told = [told.sentence for told in outcome.told]
    if receipt.put == receipt.deleted == 0:
        return [
            *lines,
            "Nothing has changed: every file in the store is as it should be. Nothing was uploaded.",
            *told,
        ]
    said = f"Published {_files(receipt.put)} ({size_words(receipt.put_bytes)})"
    gone = f", removed {receipt.deleted}" if receipt.deleted else ""
    kept = f", left {_files(receipt.kept)} as they were" if receipt.kept else ""
    return [*lines, f"{said}{gone}{kept}.", *told, *_where(outcome)]


def undone_lines(outcome: Outcome) -> list[str]:
    """Tell what came back, and what would undo that again."""
    if outcome.receipt is None:
        return [*plan_lines(outcome.plan), "Nothing was changed: this was a dry run."]
    receipt = outcome.receipt
    if receipt.put == receipt.deleted == 0:
        return ["Everything was as it should be already. Nothing was changed."]
    sent = f"{_files(receipt.put)} sent ({size_words(receipt.put_bytes)})"
    return [
        f"Went back: {sent}, {receipt.deleted} removed.",
        *(told.sentence for told in outcome.told),
        "The next publish brings what the workspace says: mend that first, and hold cron until then.",
    ]


def releases_lines(found: Releases) -> list[str]:
    """List what can be gone back to, the newest first."""
    if found.current is None:
        return ["Nothing was published yet."]
    kept = [f"{k.seq:>6}   {moment_words(k.at)}   cop-publish rollback {k.seq}" for k in reversed(found.kept)]
    return [f"{found.current.seq:>6}   {moment_words(found.current.at)}   public now", *kept]


def releases_json(found: Releases) -> list[dict[str, Any]]:
    """Give them for scripts, the newest first."""
    every = [*found.kept, *([found.current] if found.current else [])]
    return [
        {"release": k.seq, "id": k.id, "at": k.at.isoformat(), "public_now": k is found.current}
        for k in reversed(every)
    ]


def build_lines(outcome: Outcome) -> list[str]:
    """Tell what was built and how to look at it."""
    lines = _sound_lines(outcome.episodes)
    lines += waiting_lines(outcome.waiting) + held_lines(outcome.held_back)
    count = len(outcome.plan.result.entries) if outcome.plan else 0
    return [*lines, *outcome.advice, f"Built and checked {_files(count)}; nothing was uploaded.", _LOOK]


def check_lines(outcome: Outcome) -> list[str]:
    """Tell what the checks found."""
    lines = [*waiting_lines(outcome.waiting), *held_lines(outcome.held_back), *outcome.advice]
    return lines if outcome.waiting else [*lines, "Nothing stands in the way of publishing."]


def check_json(outcome: Outcome) -> dict[str, Any]:
    """Give the findings for scripts."""
    waiting = [{"id": w.id, "problems": [str(p) for p in w.problems]} for w in outcome.waiting]
    return {"ok": not waiting, "waiting": waiting, "advice": list(outcome.advice)}


def _sound_lines(releases: tuple[EpisodeRelease, ...]) -> list[str]:
    """Tell of each sound that was made now; of many others only how many there are."""
    as_before = [release for release in releases if not release.master.made_now]
    many = len(as_before) > FEW_EPISODES
    told = [release for release in releases if release.master.made_now or not many]
    lines = [line for release in told for line in episode_lines(release)]
    return [*lines, *([f"{len(as_before)} episodes: master unchanged"] if many else [])]


def episode_lines(release: EpisodeRelease) -> list[str]:
    """An episode: duration, loudness as heard, true peak, size; and how its sound was made, if now."""
    master = release.master
    how = "mastered now" if master.made_now else "master unchanged"
    facts = (
        f"{release.episode.id}: {duration_words(master.duration_seconds)}, "
        f"{_signed(master.loudness.integrated_lufs)} LUFS, "
        f"true peak {_signed(master.loudness.true_peak_dbtp)} dBTP, {size_words(master.size_bytes)}, {how}"
    )
    if not master.made_now or master.report is None:
        return [facts]
    story = report_lines(master.report, release.episode.id, master.duration_seconds)[1:]
    return [facts, *story, f"  as a picture: {sound_picture(release.episode.id)}"]


def waiting_lines(waiting: tuple[Waiting, ...]) -> list[str]:
    """Say of every item that is not ready what stands in its way."""
    lines = []
    for item in waiting:
        lines.append(f"{item.id} {_AS_IT_IS if item.is_live else 'is not ready:'}")
        lines += [f"  {problem}" for problem in item.problems]
        lines += [f"  {key} leaves it out until then: {_NO_PLACE}" for key in item.unlisted]
    return lines


_NO_PLACE = "templates of the show’s own give it no place."
_AS_IT_IS = "is live and stays as it is until this is mended:"


def held_lines(held_back: tuple[HeldBack, ...]) -> list[str]:
    """Say what is dated later."""
    then = "`cop-publish publish` picks it up then."
    return [f"{held.id} is held back until {moment_words(held.due_at)}; {then}" for held in held_back]


def plan_lines(plan: Plan | None) -> list[str]:
    """List the plan, a reason on every line; what stays as it is is only counted."""
    return [] if plan is None else list(plan.lines())


def publish_json(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome as a value for scripts; names and titles never stand in it."""
    receipt = outcome.receipt
    return {
        "changed": outcome.unchanged is None and (receipt is None or receipt.put + receipt.deleted > 0),
        "dry_run": outcome.unchanged is None and receipt is None,
        "uploaded": receipt.put if receipt else 0,
        "removed": receipt.deleted if receipt else 0,
        "uploaded_bytes": receipt.put_bytes if receipt else 0,
        "episodes": [
            {
                "id": r.episode.id,
                "duration_seconds": r.master.duration_seconds,
                "integrated_lufs": r.master.loudness.integrated_lufs,
                "true_peak_dbtp": r.master.loudness.true_peak_dbtp,
                "size_bytes": r.master.size_bytes,
                "mastered_now": r.master.made_now,
                "sound": report_json(r.master.report) if r.master.made_now and r.master.report else None,
            }
            for r in outcome.episodes
        ],
        "held_back": [{"id": h.id, "due_at": h.due_at.isoformat()} for h in outcome.held_back],
        "waiting": [
            {
                "id": w.id,
                "stays_live": w.is_live,
                "left_out_of_lists": list(w.unlisted),
                "problems": [str(p) for p in w.problems],
            }
            for w in outcome.waiting
        ],
        "plan": plan_lines(outcome.plan),
        "advice": list(outcome.advice),
        "strangers_removed": list(outcome.removed),
        "hooks": [{"hook": told.hook, "ok": told.ok, "said": told.sentence} for told in outcome.told],
    }


def moment_words(moment: datetime) -> str:
    """Write an instant for people, whatever the process's locale: `15 Jan 2027 00:00 GMT`."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{moment.day} {months[moment.month - 1]} {moment.year} {moment:%H:%M %Z}"


def size_words(size_bytes: float) -> str:
    """Write a size as people do, in powers of a thousand."""
    for unit in ("bytes", "kB", "MB"):
        if size_bytes < _KILO:
            return f"{size_bytes:.0f} {unit}" if unit == "bytes" else f"{size_bytes:.1f} {unit}"
        size_bytes /= _KILO
    return f"{size_bytes:.1f} GB"


def duration_words(seconds: float) -> str:
    """Write a duration as a player shows it."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _where(outcome: Outcome) -> list[str]:
    storage = outcome.settings.storage
    if storage.bucket:
        feed = f"{outcome.settings.site.url}feed.xml"
        return [f"It lies in the bucket {storage.bucket}; listeners subscribe to {feed}"]
    return [
        f"It lies in {storage.folder}/public/ (the feed: feed.xml, the home page: index.html).",
        _LOOK,
    ]


def _listed(counts: dict[str, int], names: tuple[str, ...]) -> str:
    words = [f"{counts[n]} {n if counts[n] != 1 else n[:-1]}" for n in names if counts.get(n)]
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def _files(count: int) -> str:
    return f"{count} file" + ("" if count == 1 else "s")


def _signed(value: float) -> str:
    """Write a level with a true minus sign, as meters do."""
    return f"{value:.1f}".replace("-", "−")
