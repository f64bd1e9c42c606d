import { load } from '@goodword/widget'
import { createApp } from 'vue'
import App from './App.vue'

// VITE_GOODWORD is the address of your edge, VITE_PROGRAM your publishable key.
load({ origin: import.meta.env.VITE_GOODWORD, program: import.meta.env.VITE_PROGRAM })

createApp(App).mount('#app')
