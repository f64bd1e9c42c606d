import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [vue({
    // The browser's own elements, not components of Vue.
    template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('goodword-') } },
  })],
})
