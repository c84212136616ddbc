/** The query by which this page asks for its parts, "?" and its build; "" on a page that is not kept. */
export const build = new URL(import.meta.url).search;

/** Calls take once, when another build than this page's has come to be kept. */
export function onNewBuild(take: () => void): void {
  let told = false;
  navigator.serviceWorker.addEventListener("message", (e: MessageEvent<string>) => {
    if (told || `?${e.data}` === build) return;
    told = true;
    take();
  });
}
