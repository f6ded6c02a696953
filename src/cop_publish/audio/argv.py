"""The command lines given to ffmpeg.  Pure: values in, words out.

Every input is an absolute `file:` address, opened by a short list of demuxers over the `file` protocol alone,
so that a playlist or a script of file names dressed up as a recording opens nothing.  No metadata, chapter,
picture or video of the source is ever mapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEMUXERS = "wav,w64,mp3,mov,mp4,flac,ogg,aiff,aac,matroska,webm,caf,mpegts,asf,avi,amr,au,wv"
_TALK = ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"]
WAV_PACKET_BYTES = 65_536
CODEC_DELAY = 576 + 529  # samples: LAME's encoder, and the decoder (the LAME tag's convention)
LARGE_FRAMES = "asetnsamples=n=24000:p=0"  # the fewer frames, the fewer times every filter is asked for one
_IN_BULK = ("-flush_packets", "0")  # one by one, each frame would wake whoever reads
_BITEXACT = ("-fflags", "+bitexact", "-flags:a", "+bitexact")
_NOTHING_ELSE = ["-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]
_READ = ["-map", "[read]", *_NOTHING_ELSE, "-f", "null", "-"]


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read: its absolute path, its layout (1 or 2 channels), how much of it is sound."""

    path: Path
    channels: int
    seconds: float  # stop here; a little over the longest we take when the file itself does not say
    ignore_length: bool = False  # a WAV whose header does not know its own length
    from_seconds: float = 0.0  # begin here; only where seeking is exact to the sample
    plain_wav: bool = False  # RIFF with PCM in it: read in larger packets, for a third less work
    clocked: bool = False  # its time stamps count: sound may begin late, or have gaps

    @property
    def layout(self) -> str:
        return "mono" if self.channels == 1 else "stereo"

    @property
    def resampled(self) -> str:
        """The filter that brings it to 48 kHz.

        Where a film's sound begins after its picture, or a call lost some, silence takes its place:
        transcript and edit list count from the file's own start.
        """
        return f"aresample={SAMPLE_RATE_HZ}" + (":async=1:first_pts=0" if self.clocked else "")


def probe_argv(engine: str, path: Path) -> list[str]:
    """Open the file, decode one packet of its first sound track, and say what it is."""
    return [
        engine,
        *_TALK,
        *_source(path),
        "-map",
        "0:a:0",
        *_NOTHING_ELSE,
        "-frames:a",
        "1",
        "-f",
        "null",
        "-",
    ]


def encode_chunk_argv(engine: str, channels: int, kbps: int) -> list[str]:
    """32-bit float PCM at 48 kHz on standard input becomes bare MP3 frames on standard output.

    CBR without a bit reservoir and without an Info frame: every frame stands for itself, so that chunks can
    be joined.  Frame n holds what the decoder gives out from sample 1152 n on, `CODEC_DELAY` samples late.
    """
    codec = ("-c:a", "libmp3lame", "-b:a", f"{kbps}k", "-reservoir", "0", *_BITEXACT)
    plain = ("-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0", "-f", "mp3")
    return [
        engine,
        *_TALK,
        *raw_input(channels),
        "-map",
        "0:a:0",
        *_NOTHING_ELSE,
        *codec,
        *plain,
        *_IN_BULK,
        "pipe:1",
    ]


def decode_chunk_argv(engine: str, momentary: int, short_term: int) -> list[str]:
    """Bare MP3 frames on standard input become float PCM on standard output, without the codec's delay.

    Sample 0 is the first that went into the encoder, and the readings (`readings.py`) are taken at every
    100 ms from there.  `momentary` and `short_term` are descriptors of files that they are written to.
    """
    start = (
        f"[0:a:0]{LARGE_FRAMES},aformat=sample_fmts=flt,atrim=start_sample={CODEC_DELAY},asetpts=PTS-STARTPTS"
    )
    graph = f"{start},asplit=2[sound][metered];[metered]{readings(momentary, short_term)}"
    # Chunks are decoded side by side, so one thread each.
    source = (
        "-threads",
        "1",
        "-protocol_whitelist",
        "pipe",
        "-format_whitelist",
        "mp3",
        "-f",
        "mp3",
        "-i",
        "pipe:0",
    )
    return [engine, *_TALK, *_BITEXACT, *source, "-filter_complex", graph, *_pcm_output("sound", 1), *_READ]


def hear_argv(engine: str, inputs: Sequence[list[str]], graph: tuple[str, str], sound: int) -> list[str]:
    """What `talk_graph.graph_of` makes of its inputs, and readings.

    The finished sound goes straight to the descriptor `sound`, and the untouched talk to standard output:
    float PCM both.  `graph` is the option that takes it, and the graph itself or the name of a file that
    holds it.
    """
    words = [word for one in inputs for word in one]
    outputs = [*_pcm_output("untouched", 1), *_pcm_output("sound", sound), *_READ]
    return [engine, *_TALK, *_BITEXACT, *words, *graph, *outputs]


def meter_argv(engine: str, source: Input, notes: tuple[int, int]) -> list[str]:
    """Readings of a whole file, and none of its sound; progress on standard output, as a sign of life."""
    graph = f"[0:a:0]{_to_pcm(source)},{readings(*notes)}"
    nowhere = ("-filter_complex", graph, "-map", "[read]", *_NOTHING_ELSE, "-f", "null", "-")
    return [engine, *_TALK, "-progress", "pipe:1", *_input(source), *nowhere]


def excerpt_argv(engine: str, path: Path, channels: int, span: tuple[float, float]) -> list[str]:
    """A stretch of a finished master as float PCM on standard output; `span` is its start and its seconds."""
    where = ("-ss", f"{span[0]:.6f}", "-t", f"{span[1]:.6f}")
    form = ("-ac", str(channels), "-ar", str(SAMPLE_RATE_HZ), "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1")
    return [engine, *_TALK, *where, *_source(path), "-map", "0:a:0", *_NOTHING_ELSE, *form]


def file_input(source: Input) -> list[str]:
    """The words that open a file."""
    return _input(source)


def raw_input(channels: int, descriptor: int = 0) -> list[str]:
    """The words that open 32-bit float PCM at 48 kHz: standard input, or a descriptor of ours."""
    form = ("-f", "f32le", "-ar", str(SAMPLE_RATE_HZ), "-ac", str(channels))
    return ["-protocol_whitelist", "pipe", "-format_whitelist", "f32le", *form, "-i", f"pipe:{descriptor}"]


def readings(momentary: int, short_term: int) -> str:
    """The end of a graph: EBU R 128 readings every 100 ms, written to two descriptors (`readings.py`).

    Mono is read as heard, from both loudspeakers (`dualmono`).  `verbose` silences the filter's own log:
    older versions know no `quiet`.
    """
    written = ",".join(
        f"ametadata=mode=print:key=lavfi.r128.{key}:file='pipe\\:{descriptor}'"
        for key, descriptor in (("M", momentary), ("S", short_term))
    )
    return f"ebur128=metadata=1:framelog=verbose:dualmono=1,{written}[read]"


def _pcm_output(label: str, descriptor: int) -> list[str]:
    form = (*_BITEXACT, "-c:a", "pcm_f32le", "-f", "f32le")
    return ["-map", f"[{label}]", *_NOTHING_ELSE, *form, f"pipe:{descriptor}"]


def _source(path: Path) -> list[str]:
    return ["-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS, "-i", f"file:{path}"]


def _input(source: Input) -> list[str]:
    length = ["-ignore_length", "1"] if source.ignore_length else []
    length += ["-max_size", str(WAV_PACKET_BYTES)] if source.plain_wav else []  # no other demuxer knows it
    seek = ["-ss", f"{source.from_seconds:.6f}"] if source.from_seconds else []
    return [*length, *seek, "-t", f"{source.seconds - source.from_seconds:.6f}", *_source(source.path)]


def _to_pcm(source: Input) -> str:
    """More than two channels are mixed down by ffmpeg's own matrix; float, so nothing clips on the way."""
    return f"{source.resampled},aformat=sample_fmts=flt:channel_layouts={source.layout}"
