/** What a bundle holds of a file that it imports (esbuild's loader "binary"). */
declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
