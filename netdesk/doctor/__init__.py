"""The doctor: looks at every part of a desk from outside, and says what is wrong and what to do."""
