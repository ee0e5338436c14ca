import { storyTests } from './testing/story_tests.ts';

storyTests(0, 4);
