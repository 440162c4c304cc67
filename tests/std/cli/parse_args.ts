import { readArguments } from "./_read_arguments.ts";

type Names = string | undefined;
type BooleanNames = string | boolean | undefined;
type DefaultValues = Record<string, unknown> | undefined;

/** How words of the command line are to be understood. */
export interface ParseOptions<
  B extends BooleanNames = BooleanNames,
  S extends Names = Names,
  C extends Names = Names,
  N extends Names = Names,
  D extends DefaultValues = DefaultValues,
  DD extends boolean | undefined = boolean | undefined,
> {
  /** Whether what follows `--` comes under that key instead of among the plain words. */
  "--"?: DD;
  /** Further names of a flag. */
  alias?: Record<string, string | readonly string[]>;
  /** Flags that take no value; `true` makes all long flags such. */
  boolean?: B | ReadonlyArray<Extract<B, string>>;
  /** Values of flags that are not given. */
  default?: D;
  /** Whether everything after the first plain word is a plain word. */
  stopEarly?: boolean;
  /** Flags whose value is never read as a number. */
  string?: S | ReadonlyArray<Extract<S, string>>;
  /** Flags that may be given more than once and are lists. */
  collect?: C | ReadonlyArray<Extract<C, string>>;
  /** Flags that `--no-…` sets to `false`. */
  negatable?: N | ReadonlyArray<Extract<N, string>>;
  /** Asked about every word and flag that has no name here; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Default<D, K> = K extends keyof D ? D[K] : never;
type Negated<N, K> = K extends N ? false : never;

type Flags<B, S, C, N, D> =
  & { [K in Extract<B, string>]: (K extends C ? boolean[] : boolean) | Default<D, K> }
  & { [K in Extract<S, C | keyof D> & string]: (K extends C ? string[] : string) | Default<D, K> | Negated<N, K> }
  & { [K in Exclude<Extract<S, string>, C | keyof D | "_">]?: string | Negated<N, K> }
  & { [K in Exclude<Extract<C, string>, B | S>]: unknown[] };

/** What a command line says: flags by name, and the plain words. */
export type Args<F = Record<string, unknown>, DD extends boolean | undefined = undefined> =
  & Record<string, unknown>
  & F
  & {
    /** Words that belong to no flag. */
    _: Array<string | number>;
  }
  & (true extends DD ? {
      /** What followed `--`. */
      "--": string[];
    }
    : unknown);

/** Reads a command line. */
export function parseArgs<
  DD extends boolean | undefined = undefined,
  B extends BooleanNames = undefined,
  S extends Names = undefined,
  C extends Names = undefined,
  N extends Names = undefined,
  D extends DefaultValues = undefined,
>(args: readonly string[], options: ParseOptions<B, S, C, N, D, DD> = {}): Args<Flags<B, S, C, N, D>, DD> {
  // The reader fills exactly the members that the type derives from the same options.
  return readArguments(args, options) as Args<Flags<B, S, C, N, D>, DD>;
}
