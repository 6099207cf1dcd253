declare module "@alpinejs/csp" {
  interface Alpine {
    data<State extends object>(name: string, component: () => State): void;
    start(): void;
  }
  const alpine: Alpine;
  export default alpine;
}
