/** A name for something that is done once: 24 letters and digits, never the same. */
export const newID = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
