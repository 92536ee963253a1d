// What a program loads before its first line runs, and keeping that together: bundlers cut a part out of it for
// each set of parts that share something, and many small files cost requests and compress worse than one.

/** As much of a built file as is looked at here. */
export interface BuiltFile {
  readonly fileName: string;
  readonly name: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly moduleIds: readonly string[];
}

/** How a bundler is told to keep modules together; as much of its output options as is needed. */
export interface OneFile {
  codeSplitting: { groups: { name: string; test: (id: string) => boolean }[] };
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

/** For a second build: these modules in one file. */
export function inOneFile(modules: ReadonlySet<string>): OneFile {
  return { codeSplitting: { groups: [{ name: 'core', test: (id) => modules.has(id) }] } };
}

/** The last module of an entry's file is the entry. */
function bodyOf({ isEntry, moduleIds }: BuiltFile): readonly string[] {
  return isEntry ? moduleIds.slice(0, -1) : moduleIds;
}
