// Filled in by build/build.mjs.

/** Hashed names of MapLibre's worker and style sheet in /assets/. */
declare const MAP_WORKER_FILE: string;
declare const MAP_STYLE_FILE: string;
/** Changes with any file of the build. */
declare const BUILD_VERSION: string;
/** Hashed names of what the report page, every island but the map, and the offline pages consist of. */
declare const SHELL_FILES: readonly string[];
/** Hashed names of what only a map consists of. */
declare const MAP_FILES: readonly string[];
/** Offline page by locale. */
declare const OFFLINE_PAGES: Readonly<Record<string, string>>;
