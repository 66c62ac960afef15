#!/bin/bash
# This script is used as User Data in the Launch Template.

# Update the system
sudo dnf update -y

# Install NGINX (using dnf for Amazon Linux 2023)
sudo dnf install nginx -y
sudo systemctl enable nginx
sudo systemctl start nginx

echo "<html><body><h1 style='color: #2563EB;'>Hello from NGINX - Served by $(hostname)!</h1></body></html>" | sudo tee /usr/share/nginx/html/index.html
