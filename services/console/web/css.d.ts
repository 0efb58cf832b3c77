// A stylesheet that comes with a lazily loaded page: vite makes a file of it.
declare module '*.css';
