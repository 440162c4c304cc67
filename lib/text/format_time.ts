/** Shows an ISO date: `2026-11-23 02:15:00.123 UTC`. */
export function formatTime(iso: string): string {
  return `${formatTimeCell(iso)} UTC`;
}

/** The same where it is said once for many times that they are in UTC. */
export function formatTimeCell(iso: string): string {
  return iso.replace("T", " ").replace(/Z$/, "");
}

/** The same where another date is shown: only the time if it is of that day. */
export function formatTimeBeside(iso: string, other: string): string {
  return iso.slice(0, 10) === other.slice(0, 10) ? formatTimeCell(iso).slice(11) : formatTime(iso);
}

/** Shows milliseconds: `0.3 ms`, `12 ms`, `1.234 s`, `2 min 5 s`, `3 h 4 min`, `2 d 5 h`. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 0.05) return "under 0.1 ms";
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_999.5) return `${(ms / 1000).toFixed(3)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
]);

/** Reads `90s`, `15m`, `12h`, `30d`, `2w` or `1.5h` as milliseconds; nothing if it is none of these. */
export function readDuration(text: string): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z])$/i.exec(text.trim()) ?? [];
  const ms = Number(number) * (UNITS.get(unit.toLowerCase()) ?? NaN);
  return number === "" || Number.isNaN(ms) ? undefined : ms;
}
