/** How a pragma may be used: with an argument or without, or only without. */
export type PragmaUse = 'any' | 'read';

/** What one workerd takes. All of it is measured on the engine itself. */
export interface EngineFacts {
  /** The version of workerd. */
  readonly workerd: string;
  readonly functions: readonly string[];
  /** In place of a table, with arguments: `FROM json_each(…)`. */
  readonly tableFunctions: readonly string[];
  /** For CREATE VIRTUAL TABLE. */
  readonly modules: readonly string[];
  /** Those that are not here are refused, reading included. */
  readonly pragmas: Readonly<Record<string, PragmaUse>>;
  readonly limits: EngineLimits;
}

/** The most that is taken of each. */
export interface EngineLimits {
  /** Of UTF-8, in one statement. */
  readonly statementBytes: number;
  /** Of a table, an index, a result, GROUP BY, ORDER BY, UPDATE … SET. */
  readonly columns: number;
  /** SELECTs joined by UNION, INTERSECT or EXCEPT. */
  readonly compoundTerms: number;
  readonly functionArguments: number;
  /** Of LIKE and GLOB. */
  readonly patternBytes: number;
  /** How deep expressions nest: each operator, function, CASE or subquery is one level. */
  readonly expressionDepth: number;
  /** What a statement compiles to, as EXPLAIN counts it. After that it fails with "out of memory". */
  readonly instructions: number;
}
