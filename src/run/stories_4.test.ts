import { storyTests } from './testing/story_tests.ts';

storyTests(3, 4);
