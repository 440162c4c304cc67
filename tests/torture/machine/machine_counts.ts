/** What was tried. */
export interface MachineCounts {
  /** Cases. */
  cases: number;
  /** Processes. */
  lives: number;
  /** Crashes. */
  crashes: number;
  /** How often it was rewound to a step. */
  rewinds: number;
  /** How often a decision was made and undone. */
  repairs: number;
  /** How often a decision was made that stays. */
  lasting: number;
  /** Inserted steps that were run in a transaction that has finished. */
  inserted: number;
  /** How often the value for an undo was given. */
  given: number;
  /** How often a process began when everything was to be undone, and that had not begun. */
  due: number;
  /** Calls that had not ended when the run stopped waiting for them. */
  overdue: number;
  /** Of these: ends that came while others kept the run from asking about them. */
  inTime: number;
  /** Of these: ends that came when it had been asked about them. */
  late: number;
  /** Records. */
  records: number;
  /** The events of the journals as the cases have left them, by their kinds. */
  readonly events: Map<string, number>;
}

/** Nothing was tried. */
export function noCounts(): MachineCounts {
  return {
    cases: 0,
    lives: 0,
    crashes: 0,
    rewinds: 0,
    repairs: 0,
    lasting: 0,
    inserted: 0,
    given: 0,
    due: 0,
    overdue: 0,
    inTime: 0,
    late: 0,
    records: 0,
    events: new Map(),
  };
}
