// Runs programs under MicroPython's WebAssembly build, and prints what their tests say.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, ...files] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(module).href);
for (const file of files) {
  const micropython = await loadMicroPython({ heapsize: 64 * 1024 * 1024 });
  const program = readFileSync(file, "utf8").replace('__name__ == "__main__"', "False");
  micropython.runPython(program);
  micropython.runPython("print('status', main(['test']))");
}
