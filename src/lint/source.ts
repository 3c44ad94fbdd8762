/** A path of property names and list indexes. */
export type Path = ReadonlyArray<string | number>

/** Counted from 1; columns in UTF-16 code units, as editors and SARIF count them. */
export interface Position { line: number, column: number }

/** Where a manifest was read: the positions of its values. */
export interface Source {
  file: string
  /** The position of the value at a path, or of the closest parent. */
  positionOf: (path: Path) => Position
  /** Where a path of the object is written, for an object that is a part of the document. */
  pathIn?: (path: Path) => Path
}

/** A manifest as written, without defaults. */
export interface SourceDocument extends Source { value: unknown }

/** An object with the defaults of the API server, and the document it was read from. */
export interface Sourced<T> { object: T, source: SourceDocument }
