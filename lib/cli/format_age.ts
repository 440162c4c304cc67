const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

/** Shows how old something is in its largest unit, as people say it: `30 d`, `5 h`, `12 min`, `8 s`. */
export function formatAge(ms: number): string {
  if (Number.isNaN(ms)) return "";
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ["s", 1000];
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`;
}
