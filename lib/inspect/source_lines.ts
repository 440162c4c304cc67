/** A place in a source file. */
export interface SourcePlace {
  /** URL of the file. */
  readonly url: string;
  /** The line, counted from 1. */
  readonly line: number;
}

/** A line of source as it is now. */
export interface SourceLine {
  /** The line, not escaped. */
  readonly text: string;
  /** The file has changed since the journal was written. */
  readonly isChanged: boolean;
}

/** Finds a line of source where it may be read. */
export type SourceLines = (place: SourcePlace) => SourceLine | undefined;

const PLACE = /(file:\/\/\S+?):(\d{1,7})(?::\d+)?\)?$/;

/** Finds the place that a line of a stack names, if it is one in a file. */
export function sourcePlaceOf(frame: string): SourcePlace | undefined {
  const [, url, line] = PLACE.exec(frame) ?? [];
  return url === undefined || line === undefined ? undefined : { url, line: Number(line) };
}
