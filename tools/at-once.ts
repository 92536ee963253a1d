// What a program loads before its first line runs, and keeping that together: bundlers cut a part out of it for
// each set of parts that share something, and many small files cost requests and compress worse than one.

/** As much of a built file as is looked at here. */
export interface BuiltFile {
  readonly fileName: string;
  readonly name: string;
  readonly isEntry: boolean;
  /** Asked for by an `import()`. */
  readonly isDynamicEntry?: boolean;
  readonly imports: readonly string[];
  readonly moduleIds: readonly string[];
}

/** How a bundler is told to keep modules together; as much of its output options as is needed. */
export interface InFiles {
  codeSplitting: { groups: { name: string; test: (id: string) => boolean; priority: number }[] };
}

/** Files that an entry loads before its first line runs, itself included. */
export function filesAtOnce<File extends BuiltFile>(
  files: readonly File[],
  isEntry: (file: File) => boolean = (file) => file.isEntry,
): readonly File[] {
  const names = new Set(files.filter(isEntry).map(({ fileName }) => fileName));
  // A set is walked with what is added on the way.
  for (const name of names) {
    for (const used of files.find(({ fileName }) => fileName === name)?.imports ?? [])
      names.add(used);
  }
  return files.filter(({ fileName }) => names.has(fileName));
}

/** Modules of a first build that all of these entries load at once; the entries themselves stay outside. */
export function modulesAtOnce(
  files: readonly BuiltFile[],
  entries: readonly string[],
): ReadonlySet<string> {
  const [first = new Set<string>(), ...others] = entries.map((entry) => {
    const atOnce = filesAtOnce(files, ({ isEntry, name }) => isEntry && name === entry);
    return new Set(atOnce.filter((file) => !file.isEntry || file.name === entry).flatMap(bodyOf));
  });
  return new Set([...first].filter((id) => others.every((ids) => ids.has(id))));
}

/**
 * Modules of a first build that are loaded with a part that is asked for, and the part itself. Other parts stay
 * outside, also those into whose file the bundler put what both need: that comes with what needs it.
 */
export function modulesWith(files: readonly BuiltFile[], part: string): ReadonlySet<string> {
  const isPart = (file: BuiltFile): boolean => isStart(file) && file.name === part;
  const atOnce = filesAtOnce(files, isPart).filter((file) => isPart(file) || !isStart(file));
  return new Set(atOnce.flatMap(({ moduleIds }) => moduleIds));
}

/** For a second build: these modules in one file. */
export function inOneFile(modules: ReadonlySet<string>): InFiles {
  return inFiles({ core: modules });
}

/** For a second build: a file for each of these sets; what two have lies in the first. */
export function inFiles(sets: Readonly<Record<string, ReadonlySet<string>>>): InFiles {
  const groups = Object.entries(sets).map(([name, modules], at, { length }) => ({
    name,
    test: (id: string) => modules.has(id),
    priority: length - at,
  }));
  return { codeSplitting: { groups } };
}

/** The last module of an entry's file is the entry. */
function bodyOf({ isEntry, moduleIds }: BuiltFile): readonly string[] {
  return isEntry ? moduleIds.slice(0, -1) : moduleIds;
}

function isStart({ isEntry, isDynamicEntry }: BuiltFile): boolean {
  return isEntry || isDynamicEntry === true;
}
